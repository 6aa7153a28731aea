//! A short run of the kill test; `cargo xtask chaos` is the long one.

use e2e::{
    chaos::{self, Plan},
    stack::Options,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_true_after_kills() {
    let plan = Plan {
        clients: 8,
        kills: 6,
        seed: 20_261_122,
        options: Options::for_tests().with("booking", "MAX_UNPAID_HOLDS", "0"),
        impatient: true,
    };
    let report = chaos::run(&plan, |what| println!("{what}")).await.unwrap();
    println!("{report}");
    assert!(report.is_clean(), "{report}");
    assert!(report.bookings > 0 && report.payments > 0);
}
