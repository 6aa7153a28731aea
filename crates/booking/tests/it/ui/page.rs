use reqwest::{Method, Response, header};
use service_kit::testing::http;

use crate::world::{World, person::PERSON};

async fn open(world: &World, path: &str, accept: &str, token: Option<&str>) -> Response {
    let url = format!("{}{path}", world.booking_url());
    let mut request = http().get(url).header(header::ACCEPT, accept);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_the_page_to_sign_in_and_everybody_else_must_be_an_administrator() {
    let world = World::start().await;
    let admin = world.identities.admin();
    let (customer, airline) = (world.identities.customer(1), world.identities.airline("AA"));
    for path in ["/ui", "/ui/"] {
        assert_eq!(open(&world, path, BROWSER, None).await.status(), 200);
        assert_eq!(open(&world, path, "*/*", None).await.status(), 401);
        for accept in [BROWSER, "*/*"] {
            for (token, status) in [(&customer, 403), (&airline, 403), (&admin, 200)] {
                let answer = open(&world, path, accept, Some(token)).await;
                assert_eq!(answer.status(), status, "{path} {accept}");
            }
            let forged = open(&world, path, accept, Some("x.y.z")).await;
            assert_eq!(forged.status(), 401, "{path} {accept}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_asks_is_for_administrators_alone() {
    let world = World::start().await;
    let table = booking::routes::routes();
    let api = table.table().iter();
    let api = api.filter(|route| route.path.starts_with("/ui/api/"));
    let mut asked = 0;
    for route in api {
        let path = route.path.replace("{queue}", "email").replace("{id}", "x");
        let method: Method = route.method.parse().unwrap();
        let ask = async |token: &str| world.call(method.clone(), &path, token, None, None).await;
        ask("").await.is(401, "UNAUTHENTICATED");
        ask(&world.identities.customer(1))
            .await
            .is(403, "FORBIDDEN");
        ask(&world.identities.airline("AA"))
            .await
            .is(403, "FORBIDDEN");
        asked += 1;
    }
    assert_eq!(asked, 10);
    assert_eq!(world.audit().await, [] as [&str; 0]);
    assert_eq!(world.count("SELECT COUNT(*) FROM Pauses").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_runs_its_own_files_alone_and_asks_no_other_host() {
    let world = World::start().await;
    let page = open(&world, "/ui/", BROWSER, None).await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "));
    for no in ["unsafe", "http", "*", "data:", "blob:"] {
        assert!(!policy.contains(no), "{policy}");
    }
    for yes in [
        "connect-src 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(yes), "{policy}");
    }
    assert_eq!(page.headers()["x-frame-options"], "DENY");
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    let html = page.text().await.unwrap();
    for inline in ["style=", "onclick", "<style", "<script>", "javascript:"] {
        assert!(!html.contains(inline), "{inline}");
    }
    let quoted: Vec<_> = html.split('"').collect();
    let files = quoted.iter().filter(|text| text.starts_with("page/"));
    let modules = [
        "page/session.js",
        "page/overview.js",
        "page/jobs.js",
        "page/dom.js",
    ];
    let files: Vec<_> = files.copied().chain(modules).collect();
    assert_eq!(files.len(), 7, "{files:?}");
    for file in files {
        let answer = open(&world, &format!("/ui/{file}"), "*/*", None).await;
        assert_eq!(answer.status(), 200, "{file}");
        let text = answer.text().await.unwrap();
        let text = text.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for foreign in [
            "http:",
            "https:",
            "url(",
            "@import \"",
            "innerHTML",
            "eval(",
        ] {
            assert!(!text.contains(foreign), "{file}: {foreign}");
        }
    }
    let unknown = open(&world, "/ui/page/nothing.js", "*/*", None).await;
    assert_eq!(unknown.status(), 404);
}

/// The same page is below the gateway's prefix, with and without a slash at its end.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_finds_its_files_wherever_it_is() {
    let world = World::start().await;
    for (path, base) in [("/ui", "ui/"), ("/ui/", "./")] {
        let html = open(&world, path, BROWSER, None)
            .await
            .text()
            .await
            .unwrap();
        assert!(html.contains(&format!("<base href=\"{base}\">")), "{path}");
        assert!(
            !html.contains("=\"/"),
            "{path}: an address that knows where it is"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_shows_what_it_is_about_and_nothing_of_the_person() {
    let world = World::start().await;
    let id = world.a_mail().await;
    let stored = world.dump().await.concat();
    assert!(stored.contains(PERSON[0]) && stored.contains(PERSON[1]));
    let detail = world.look(&format!("/ui/api/queues/email/jobs/{id}")).await;
    let payload = detail.data()["payload"].clone();
    assert_eq!(payload["to"], "c•••@example.test");
    assert_eq!(payload["params"]["name"], "•••");
    assert_eq!(payload["templateId"], "booking_success");
    assert_eq!(payload["params"]["flights"][0]["from"], "JFK");
    let list = world.look("/ui/api/queues/email/jobs").await;
    let overview = world.look("/ui/api/overview").await;
    for answer in [detail, list, overview] {
        assert_eq!(answer.status, 200, "{}", answer.text);
        for word in PERSON {
            assert!(!answer.text.contains(word), "{}", answer.text);
        }
    }
}
