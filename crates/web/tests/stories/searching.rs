//! The box in the head of every page.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site;

#[tokio::test]
async fn the_box_finds_what_somebody_may_see_and_says_where_nothing_is() {
    for site in site::both().await {
        let mut chair = site.sign_in_as("主席", &[(Role::Chair, &site.union)]).await;
        let desk = chair.get("/desk").await;
        assert!(desk.body.contains("action=\"/search\""));
        let address = format!("/search?q={}", percent(&site.union.name));
        let page = chair.get(&address).await;
        assert_eq!(page.status, StatusCode::OK);
        let link = format!("href=\"/units/{}\"", site.union.id);
        assert!(page.body.contains(&link), "{}", page.text());
        // What was typed stands in the box again, as text.
        assert!(
            page.body
                .contains(&format!("value=\"{}\"", site.union.name))
        );
        let page = chair.get("/search?q=%22%3E%3Cu%3E").await;
        assert!(!page.body.contains("\"><u>"), "{}", page.body);
        assert!(page.text().contains("没有找到"), "{}", page.text());
        let page = chair.get("/search?q=M5d").await;
        assert!(
            page.body.contains("href=\"/standard/model-home#M5d\""),
            "{}",
            page.text()
        );
        assert!(chair.get("/search").await.text().contains("还没有输入"));
        // The chair of another union finds nothing of this one.
        let mut stranger = site
            .sign_in_as("外人", &[(Role::Chair, &site.other_union)])
            .await;
        let page = stranger.get(&address).await;
        assert!(!page.body.contains(&link), "{}", page.text());
        let mut visitor = site.visitor();
        let page = visitor.get("/search?q=M5d").await;
        assert!(
            page.location().starts_with("/sign-in"),
            "{}",
            page.location()
        );
    }
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
