//! What a person does, from signing up to getting the money back; then the books must agree.

use audit::Audit;
use e2e::{inbox::Inbox, story::Scene};

use crate::shared::{gateway, stack};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_books_pays_reads_the_mail_and_gets_the_money_back() {
    let stack = stack().await;
    let (books, schemas) = (stack.database.audit_url(), stack.database.schemas.clone());
    let scene = Scene {
        gateway: gateway().await,
        inbox: Inbox::Sink(&stack.sink),
        books: books.clone(),
        schemas: schemas.clone(),
    };
    scene.tell().await.unwrap();
    let report = Audit::new(&books, schemas).unwrap().run().await.unwrap();
    assert!(report.is_clean(), "{report}");
}
