//! Signing in and out, the slowing down of guesses, and the tokens of forms.

use axum::http::StatusCode;
use jianjia_app::sessions;
use jianjia_domain::{account::AccountRefusal, policy::Role, refusal::Refusal};
use jianjia_store::{account, session};

use crate::site::{self, Client, Page, TestSite};

/// An account whose login is `chen` and whose password is `a good password`.
async fn chen(site: &TestSite) {
    let actor = site
        .city_of_tests
        .actor("陈主席", &[(Role::Chair, &site.union)])
        .await;
    let hash = sessions::hash(&site.app, "a good password").await.unwrap();
    let mut tx = site.app.db.write("account").await.unwrap();
    let mut found = account::find(&mut tx, &actor.account)
        .await
        .unwrap()
        .unwrap();
    found.id = jianjia_domain::ids::AccountId(site.app.entropy.id(site.app.now()));
    found.login = "chen".to_owned();
    account::insert(&mut tx, &found, &hash).await.unwrap();
    jianjia_app::testing::keep(&site.app, tx).await;
}

async fn sign_in(client: &mut Client, login: &str, password: &str) -> Page {
    client
        .post_form(
            "/sign-in",
            &[("login", login), ("password", password), ("next", "/desk")],
        )
        .await
}

#[tokio::test]
async fn somebody_signs_in_works_and_signs_out() {
    for site in site::both().await {
        chen(&site).await;
        let mut client = site.visitor();
        let page = client.get("/desk").await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/sign-in?next=/desk".to_owned())
        );
        let page = sign_in(&mut client, " Chen ", "a good password").await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/desk".to_owned())
        );
        let page = client.get("/desk").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("陈主席"));
        assert_eq!(page.header("cache-control"), "no-store");
        let stolen = client.clone();
        let page = client.post_form("/sign-out", &[]).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/".to_owned())
        );
        // The cookie's session is over, not only the cookie gone.
        let mut stolen = stolen;
        assert_eq!(stolen.get("/desk").await.location(), "/sign-in?next=/desk");
    }
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        assert_eq!(chair.get("/desk").await.status, StatusCode::OK);
        site.app.clock.set(jiff::civil::date(2016, 10, 21));
        assert_eq!(chair.get("/desk").await.location(), "/sign-in?next=/desk");
    }
}

#[tokio::test]
async fn an_unknown_login_and_a_wrong_password_are_told_alike() {
    for site in site::both().await {
        chen(&site).await;
        let mut client = site.visitor();
        let wrong = sign_in(&mut client, "chen", "not it").await;
        let unknown = sign_in(&mut client, "nobody", "not it").await;
        assert_eq!(
            (wrong.status, unknown.status),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                StatusCode::UNPROCESSABLE_ENTITY
            )
        );
        assert_eq!(wrong.text(), unknown.text());
        assert!(wrong.text().contains("用户名或密码不对"));
        assert!(
            wrong.body.contains("value=\"chen\""),
            "what was typed stays"
        );
        assert!(!wrong.body.contains("not it"), "but never a password");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_even_with_the_right_password() {
    for site in site::both().await {
        chen(&site).await;
        let mut client = site.visitor();
        for _ in 0..5 {
            sign_in(&mut client, "chen", "not it").await;
        }
        let page = sign_in(&mut client, "chen", "a good password").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("请 1 分钟后再试"), "{}", page.text());
        // The next morning the count is forgotten.
        site.app.clock.set(jiff::civil::date(2016, 10, 21));
        let page = sign_in(&mut client, "chen", "a good password").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn many_logins_tried_from_one_network_are_slowed_down() {
    for site in site::both().await {
        let now = site.app.now();
        let mut tx = site.app.db.write("sign-in").await.unwrap();
        for _ in 0..39 {
            session::count_failure(&mut tx, "from:192.0.2.7", now, now)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let refused = sessions::sign_in(&site.app, "guess39", "x", "192.0.2.7").await;
        assert_eq!(told(refused), Some(AccountRefusal::WrongLogin));
        let refused = sessions::sign_in(&site.app, "guess40", "x", "192.0.2.7").await;
        assert_eq!(told(refused), Some(AccountRefusal::Slowed { minutes: 1 }));
        let refused = sessions::sign_in(&site.app, "guess40", "x", "192.0.2.8").await;
        assert_eq!(told(refused), Some(AccountRefusal::WrongLogin));
    }
}

#[tokio::test]
async fn a_form_without_its_token_or_from_elsewhere_saves_nothing() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        chair.get("/desk").await;
        let form = "application/x-www-form-urlencoded";
        for body in ["", "csrf=", "csrf=0123456789abcdef0123456789abcdef"] {
            let page = chair.post("/sign-out", form, body.into()).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
            assert!(
                page.text().contains("请返回上一页，刷新后再提交"),
                "{}",
                page.text()
            );
        }
        let page = chair
            .post_from("/sign-out", "https://evil.example", &[])
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert_eq!(
            chair.get("/desk").await.status,
            StatusCode::OK,
            "still signed in"
        );
        let page = chair
            .post_from("/sign-out", "https://jianjia.test", &[])
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }
}

fn told<T>(result: jianjia_app::error::Result<T>) -> Option<AccountRefusal> {
    match result {
        Err(jianjia_app::error::Error::Refused(Refusal::Account(refusal))) => Some(refusal),
        _ => None,
    }
}
