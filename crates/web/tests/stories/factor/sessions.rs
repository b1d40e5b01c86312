//! The devices of an account, and sign-ins that are unusual.

use axum::http::StatusCode;
use jianjia_app::office::session::{self as sessions, Browser};
use jianjia_domain::core::policy::Role;

use super::{PASSWORD, account, hidden, pass, sign_in};
use crate::site;

#[tokio::test]
async fn devices_are_listed_and_ended_by_their_owner_alone() {
    for site in site::both().await {
        account(&site, "qian", Role::Approver).await;
        account(&site, "wang", Role::Clerk).await;
        let (mut office, mut phone, mut other) = (site.visitor(), site.visitor(), site.visitor());
        sign_in(&mut other, "wang").await;
        sign_in(&mut office, "qian").await;
        pass(&site.app, 60);
        sign_in(&mut phone, "qian").await;
        let page = office.get("/accounts/sessions").await;
        assert_eq!(
            page.text().matches("还在使用").count(),
            2,
            "{}",
            page.text()
        );
        let session = hidden(&page, "session");
        let ended = [("session", session.as_str())];
        let page = other.post_form("/accounts/sessions/ending", &ended).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert_eq!(phone.get("/desk").await.status, StatusCode::OK);
        let page = office.post_form("/accounts/sessions/ending", &ended).await;
        assert_eq!(page.location(), "/accounts/sessions");
        assert_eq!(phone.get("/desk").await.location(), "/sign-in?next=/desk");

        sign_in(&mut phone, "qian").await;
        office.post_form("/accounts/sessions/others", &[]).await;
        assert_eq!(phone.get("/desk").await.location(), "/sign-in?next=/desk");
        assert_eq!(office.get("/desk").await.status, StatusCode::OK);
        assert_eq!(other.get("/desk").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn an_unusual_sign_in_is_told_in_the_browsers_that_are_known() {
    for site in site::both().await {
        let app = &site.app;
        account(&site, "qian", Role::Approver).await;
        let from = |network: &str, known: &str| Browser {
            network: network.to_owned(),
            known: known.to_owned(),
            device: "edge/windows".to_owned(),
            session: None,
        };
        let begin = async |browser: Browser| {
            let begun = sessions::sign_in(app, "qian", PASSWORD, &browser).await;
            begun.expect("signed in")
        };
        let first = begin(from("58.216.1.1", "")).await;
        assert!(!first.has_notices, "the first is not unusual");
        // The same browser, elsewhere in the same network.
        let again = begin(from("58.216.9.9", &first.known)).await;
        assert!(!again.has_notices);
        let thief = begin(from("58.216.9.9", "")).await;
        assert!(!thief.has_notices, "not told to the one whom it is about");
        let owner = begin(from("58.216.1.1", &again.known)).await;
        assert!(owner.has_notices);
        let mut client = site.visitor();
        client.cookies.insert("session".to_owned(), owner.token);
        let told = client.get("/accounts/notices").await;
        assert!(
            told.text().contains("Edge（Windows），网络 58.216.*.*"),
            "{}",
            told.text()
        );
        let inbox = client.get("/messages").await.text();
        assert!(
            inbox.contains("您的账号有变动：在新的地方登录（Edge）。"),
            "{inbox}"
        );
        let last = hidden(&told, "last");
        client
            .post_form("/accounts/notices", &[("last", &last)])
            .await;
        // A known browser in a network that is new.
        let moved = begin(from("2001:db8::/64", &owner.known)).await;
        assert!(!moved.has_notices);
        let back = begin(from("58.216.1.1", &moved.known)).await;
        assert!(back.has_notices);
    }
}
