//! The database is away: people are told so with 503, nobody passes for signed out, and what was typed comes back.

use axum::http::StatusCode;
use futures_util::future::{join, join_all};
use jianjia_domain::core::policy::Role;

use crate::site::{self, Page};

/// What an outage says; no page to sign in.
fn is_told(page: &Page) {
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.header("retry-after"), "5");
    let text = page.text();
    assert!(text.contains("数据库暂时没有回应"), "{text}");
    assert!(!text.contains("登录"), "{text}");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn pages_of_somebody_signed_in_say_that_the_database_is_away() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        assert_eq!(chair.get("/desk").await.status, StatusCode::OK);
        let cookies = chair.cookies.clone();
        site.app.db.close().await;
        for path in ["/desk", "/", "/standard", "/sign-in", "/not-there"] {
            let page = chair.get(path).await;
            is_told(&page);
            assert!(page.body.contains(&format!("href=\"{path}\"")), "{path}");
        }
        // The session's cookie stays.
        assert_eq!(chair.cookies.get("session"), cookies.get("session"));
        // What needs no database goes on, and whoever watches hears of it.
        let mut visitor = site.visitor();
        assert_eq!(visitor.get("/healthz").await.status, StatusCode::OK);
        assert_eq!(chair.get("/metrics").await.status, StatusCode::OK);
        let ready = chair.get("/readyz").await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            ready.body,
            "the database does not answer: check that its server runs and can be reached\n"
        );
        // Nobody has a session here, and so is sent to sign in.
        let page = visitor.get("/desk").await;
        assert_eq!(page.location(), "/sign-in?next=/desk");
    }
}

#[tokio::test]
async fn a_form_comes_back_with_what_was_typed() {
    for site in site::both().await {
        let mut clerk = site
            .sign_in_as("周文书", &[(Role::Clerk, &site.union)])
            .await;
        let form = format!("/units/{}/activities/new", site.union.id);
        clerk.get(&form).await;
        site.app.db.close().await;
        let typed = "第一行 <b>\n\"第二行\" & 第三行";
        let fields = [
            ("title", typed),
            ("kind", "meeting"),
            ("kind", "other"),
            ("old_password", "secret words"),
        ];
        let address = format!("/units/{}/activities?year=2016", site.union.id);
        let page = clerk.post_form(&address, &fields).await;
        is_told(&page);
        let (_, again) = page
            .body
            .split_once("<form class=\"typed\" method=\"post\"")
            .unwrap();
        let (again, _) = again.split_once("</form>").unwrap();
        assert!(
            again.starts_with(&format!(" action=\"{address}\">")),
            "{again}"
        );
        for field in [
            "name=\"title\" value=\"第一行 &#60;b&#62;\n&#34;第二行&#34; &#38; 第三行\"",
            "name=\"kind\" value=\"meeting\"",
            "name=\"kind\" value=\"other\"",
            "type=\"password\" name=\"old_password\"",
            "name=\"csrf\" value=\"",
        ] {
            assert!(again.contains(field), "{field}: {again}");
        }
        assert!(!page.body.contains("secret words"));

        // Files are the sender's; the words beside them come back.
        let address = format!("/units/{}/evidence", site.union.id);
        let files: [(&str, &str, &[u8]); 1] = [("files", "a.png", b"bytes of a picture")];
        let page = clerk.upload(&address, &[("year", "2016")], &files).await;
        is_told(&page);
        for part in [
            "enctype=\"multipart/form-data\"",
            "name=\"year\" value=\"2016\"",
            "type=\"file\" name=\"files\"",
        ] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }

        // What another site sends is not given a button.
        let page = clerk
            .post_from(
                &address,
                "https://elsewhere.example",
                &[("title", "planted")],
            )
            .await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!page.body.contains("planted"));
    }
}

#[tokio::test]
async fn signing_in_while_the_database_is_away_keeps_the_name() {
    for site in site::both().await {
        let mut visitor = site.visitor();
        visitor.get("/sign-in").await;
        site.app.db.close().await;
        let fields = [
            ("login", "chen"),
            ("password", "secret words"),
            ("next", "/desk"),
        ];
        let page = visitor.post_form("/sign-in", &fields).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains("name=\"login\" value=\"chen\""));
        assert!(page.body.contains("type=\"password\" name=\"password\""));
        assert!(!page.body.contains("secret words"));
    }
}

#[tokio::test]
async fn a_vote_while_the_database_is_away_is_told_and_names_nobody() {
    for site in site::both().await {
        site.app.db.close().await;
        let page = site.visitor().get("/v/ABCD2345EFGH").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            page.text().contains("数据库暂时没有回应"),
            "{}",
            page.text()
        );
        assert!(page.header("set-cookie").is_empty());
    }
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_told_at_once_and_those_signed_in_pass_it() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        chair.get("/accounts/password").await;
        let mut visitor = site.visitor();
        visitor.get("/sign-in").await;
        let flood = (0..300).map(|number| {
            let mut visitor = visitor.clone();
            async move {
                let login = format!("nobody.{number}");
                let fields = [("login", login.as_str()), ("password", "guessed")];
                visitor.post_form("/sign-in", &fields).await
            }
        });
        let known = async {
            let fields = [
                ("current", "a wrong password"),
                ("chosen", "another Good password 77"),
                ("again", "another Good password 77"),
            ];
            chair.post_form("/accounts/password", &fields).await
        };
        let (flood, known) = join(join_all(flood), known).await;
        assert_eq!(
            known.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            known.text()
        );
        let (crowded, looked_at): (Vec<&Page>, Vec<&Page>) = flood
            .iter()
            .partition(|page| page.status == StatusCode::SERVICE_UNAVAILABLE);
        assert!(crowded.len() > 100, "{}", crowded.len());
        for page in crowded {
            assert_eq!(page.header("retry-after"), "5");
            assert!(
                page.text().contains("这一刻登录的人太多"),
                "{}",
                page.text()
            );
            // The form is there with the name.
            assert!(page.body.contains("value=\"nobody."));
        }
        for page in looked_at {
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}
