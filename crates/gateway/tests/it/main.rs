use service_kit as _;
