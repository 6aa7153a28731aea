//! Query strings: a route that reads none refuses all, and names them.

use service_kit::{
    http::{
        openapi::Operation,
        reply::Reply,
        routes::{Access, Routes},
    },
    testing::{Running, TestDatabase, http},
};

use crate::{MIGRATOR, life::service_on};

fn routes() -> Routes<()> {
    let doc = |id| Operation::new(id, "For this test");
    let own = Routes::default()
        .get("/plain/{id}", Access::Open, plain, doc("getPlain"))
        .post("/plain/{id}", Access::Open, plain, doc("postPlain"))
        .get("/private", Access::SignedIn, plain, doc("getPrivate"))
        .get_by_query("/list", Access::Open, plain, doc("list"));
    own.and(Routes::handing_on().get("/behind", Access::Open, async || "behind"))
}

async fn plain() -> Reply<&'static str> {
    Reply::ok("Plain", "plain")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_reads_no_query_names_each_parameter_it_was_sent() {
    let database = TestDatabase::create(&MIGRATOR).await;
    let router = routes().into_router(());
    let service = Running::start(service_on(database.config(), router).await);
    let status = async |path: &str| {
        let url = format!("{}{path}", service.url);
        http().get(url).send().await.unwrap().status().as_u16()
    };
    for path in [
        "/plain/1",
        "/plain/1?",
        "/plain/1?&",
        "/list?x=1",
        "/behind?x=1",
    ] {
        assert_eq!(status(path).await, 200, "{path}");
    }
    // Who may not come in is not told what is wrong.
    assert_eq!(status("/private?x=1").await, 401);

    for path in ["/plain/1?x=1&y%20z", "/plain/1/?x&y%20z=2"] {
        let url = format!("{}{path}", service.url);
        for request in [http().get(&url), http().post(&url)] {
            let refused = request.send().await.unwrap();
            assert_eq!(refused.status(), 422, "{path}");
            let problem: serde_json::Value = refused.json().await.unwrap();
            assert_eq!(problem["errors"][0]["field"], "x", "{problem}");
            assert_eq!(problem["errors"][1]["field"], "y z", "{problem}");
            assert_eq!(problem["errors"][0]["code"], "unknown", "{problem}");
        }
    }
}
