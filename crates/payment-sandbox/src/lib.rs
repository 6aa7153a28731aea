//! payment-sandbox
