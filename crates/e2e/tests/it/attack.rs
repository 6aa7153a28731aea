//! A short attack; `cargo xtask bench attack` is the long one, which also measures how fast normal
//! traffic stays.

use std::time::Duration;

use e2e::{
    bench::attack::{self, Plan},
    stack::Options,
};

#[tokio::test(flavor = "multi_thread")]
async fn attackers_are_put_out_in_time_and_nobody_else_is() {
    let plan = Plan {
        length: Duration::from_secs(10),
        heads: 200,
        bodies: 100,
        silent: 200,
        sign_ins: 30,
        options: Options::for_tests(),
    };
    let report = attack::run(&plan, |what| println!("{what}")).await.unwrap();
    println!("{report}");
    assert!(report.is_sound(), "{report}");
    let everything = report.0.last().unwrap();
    assert!(everything.normal.micros.len() > 500, "{report}");
    assert!(
        everything.fate.closed >= 500 && everything.fate.refused == 0,
        "{report}"
    );
    assert!(!everything.sign_ins.micros.is_empty(), "{report}");
}
