//! The big story in the real browser, on SQLite (the functions' own story runs on both engines).

#[expect(dead_code, reason = "the story does not use every verb yet")]
mod browser;

use browser::with_browser;
use jianjia_app::testing::story::{PASSWORD, Story};
use jianjia_store::testing;

#[tokio::test(flavor = "multi_thread")]
async fn browser_everybody_signs_in_and_sees_their_desk() {
    let story = Story::begin(testing::sqlite().await).await;
    let app = story.city.app.clone();
    with_browser("desks", app, async |browser| {
        browser.open("/").await;
        for login in [
            "hengfeng_chair",
            "subdistrict_reviewer",
            "district_approver",
            "city_approver",
            "city_auditor",
        ] {
            browser.sign_in(login, PASSWORD).await;
            assert_eq!(browser.path().await, "/desk");
            browser.picture(&format!("desk-{login}")).await;
        }
    })
    .await;
}
