//! What the API's document says of the routes here.

use service_kit::testing::sound_document;

#[test]
fn every_public_route_is_documented() {
    sound_document(&flights::routes::routes());
}
