//! What the API's document says of a table of routes.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service_kit::{
    http::{
        extract::{Id, ValidJson, ValidQuery},
        openapi::Operation,
        problem::Problem,
        reply::{Listed, Reply},
        routes::{Access, Routes},
    },
    str_enum,
    testing::sound_document,
};
use validator::Validate;

const MOST: u32 = 9;

str_enum! {
    /// How big.
    pub enum Size {
        /// Under a metre.
        Small = "SMALL",
        /// Others.
        Large = "LARGE",
    }
}

/// A box.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Box")]
struct Thing {
    /// Id.
    id: i64,
    size: Option<Size>,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_as: Option<Size>,
}

/// What to pack.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pack {
    #[validate(range(min = 1, max = MOST))]
    how_many: u32,
    /// Something on it.
    _label: Option<String>,
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Search {
    /// How big.
    _size: Option<Size>,
}

async fn get(Id(_): Id) -> Result<Reply<Thing>, Problem> {
    Err(Problem::not_found("box"))
}

async fn list(ValidQuery(_): ValidQuery<Search>) -> Listed<Thing> {
    Listed::ok("Boxes found", vec![], 20, None)
}

async fn pack(ValidJson(_): ValidJson<Pack>) -> Result<Reply<Thing>, Problem> {
    Err(Problem::duplicate("label"))
}

fn document() -> Value {
    let pack_doc = Operation::new("pack", "Pack a box")
        .more("With care.")
        .with(|shape| shape.needs_one_of(&["howMany", "_label"]))
        .answers(StatusCode::CREATED)
        .refuses(Problem::duplicate("label"));
    let routes: Routes<()> = Routes::default()
        .under("Boxes")
        .get(
            "/box/{id}",
            Access::Open,
            get,
            Operation::new("getBox", "A box"),
        )
        .get_by_query(
            "/box",
            Access::SignedIn,
            list,
            Operation::new("listBoxes", "Boxes"),
        )
        .post("/box", Access::Roles(&["ADMIN", "PACKER"]), pack, pack_doc);
    let internal = Routes::internal().get("/internal/box", Access::Services(&["x"]), get);
    sound_document(&routes.and(internal))
}

fn statuses(operation: &Value) -> Vec<&str> {
    let responses = operation["responses"].as_object().unwrap();
    responses.keys().map(String::as_str).collect()
}

#[test]
fn what_may_be_answered_follows_from_the_table_and_the_signature() {
    let document = document();
    let paths = &document["paths"];
    let get = &paths["/box/{id}"]["get"];
    assert_eq!(
        statuses(get),
        ["200", "400", "404", "422", "429", "500", "503"]
    );
    let list = &paths["/box"]["get"];
    assert_eq!(
        statuses(list),
        ["200", "400", "401", "422", "429", "500", "503"]
    );
    let all = "201 400 401 403 409 413 415 422 429 500 503";
    assert_eq!(statuses(&paths["/box"]["post"]).join(" "), all);
    assert!(paths.get("/internal/box").is_none());
}

#[test]
fn who_may_is_said_for_people_and_for_programs() {
    let paths = &document()["paths"];
    let (get, list, pack) = (
        &paths["/box/{id}"]["get"],
        &paths["/box"]["get"],
        &paths["/box"]["post"],
    );
    assert_eq!(get.get("security"), None);
    assert_eq!(list["security"], json!([{"accessToken": []}]));
    let either = json!([{"accessToken": ["ADMIN"]}, {"accessToken": ["PACKER"]}]);
    assert_eq!(pack["security"], either);
    assert_eq!(pack["description"], "With care.\n\nFor ADMIN and PACKER.");
}

#[test]
fn a_refusal_names_its_code_and_shows_how_it_looks() {
    let document = document();
    let refusal = &document["paths"]["/box"]["post"]["responses"]["409"];
    let body = &refusal["content"]["application/problem+json"];
    let code = &body["schema"]["allOf"][1]["properties"]["code"];
    assert_eq!(*code, json!({"enum": ["DUPLICATE"]}));
    let example = &body["examples"]["DUPLICATE"]["value"];
    assert_eq!(example["detail"], "label is taken already");
    let shared = &document["components"]["responses"]["Unavailable"];
    assert_eq!(shared["headers"]["retry-after"]["required"], true);
}

#[test]
fn limits_are_those_of_the_rules_and_null_is_where_it_can_be() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let how_many = &schemas["Pack"]["properties"]["howMany"];
    assert_eq!(
        (&how_many["minimum"], &how_many["maximum"]),
        (&json!(1), &json!(9))
    );
    assert_eq!(schemas["Pack"]["additionalProperties"], false);
    assert_eq!(schemas["Pack"]["required"], json!(["howMany"]));
    assert_eq!(schemas["Box"]["required"], json!(["id", "size"]));
    let fields = &schemas["Box"]["properties"];
    assert_eq!(fields["size"]["anyOf"][1], json!({"type": "null"}));
    assert_eq!(
        fields["packedAs"],
        json!({"$ref": "#/components/schemas/Size"})
    );
    assert_eq!(schemas["Size"]["enum"], json!(["SMALL", "LARGE"]));
    let size = "How big.\n\n- `SMALL`: Under a metre.\n- `LARGE`: Others.";
    assert_eq!(schemas["Size"]["description"], size);
    let parameter = &document["paths"]["/box"]["get"]["parameters"][0];
    assert_eq!(parameter["description"], "How big.");
    assert_eq!(parameter["required"], false);
    assert_eq!(
        parameter["schema"],
        json!({"$ref": "#/components/schemas/Size"})
    );
    let body = &document["paths"]["/box"]["post"]["requestBody"]["content"]["application/json"];
    let one_of = json!({"anyOf": [{"required": ["howMany"]}, {"required": ["_label"]}]});
    assert_eq!(body["schema"]["allOf"][1], one_of);
}

#[test]
fn an_answer_is_in_its_envelope() {
    let document = document();
    let answer = |path: &str, method: &str, status: &str| {
        let response = &document["paths"][path][method]["responses"][status];
        response["content"]["application/json"]["schema"].clone()
    };
    let one = answer("/box/{id}", "get", "200");
    assert_eq!(one["required"], json!(["success", "message", "data"]));
    assert_eq!(
        one["properties"]["data"],
        json!({"$ref": "#/components/schemas/Box"})
    );
    let page = answer("/box", "get", "200");
    assert_eq!(
        page["required"],
        json!(["success", "message", "data", "page"])
    );
    assert_eq!(page["properties"]["data"]["type"], "array");
}
