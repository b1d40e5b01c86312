//! Signing in and out, the slowing down of guesses, and the tokens of forms.

use axum::http::StatusCode;
use jianjia_app::{
    core::{
        clock::Clock,
        job::{
            Lane,
            worker::{self, Node},
        },
    },
    office::session::{self as sessions, Browser},
};
use jianjia_domain::{core::policy::Role, office::account::AccountRefusal};
use jianjia_store::{core::schema, exchange::backup, office::account};
use jianjia_web::Serving;

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
    found.id = jianjia_domain::core::ids::AccountId(site.app.entropy.id(site.app.now()));
    found.login = "chen".to_owned();
    account::insert(&mut tx, &found, "", &hash).await.unwrap();
    jianjia_demo::testing::keep(&site.app, tx).await;
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

/// A browser in a network, which knows nobody.
fn from(network: &str) -> Browser {
    Browser {
        network: network.to_owned(),
        ..Browser::default()
    }
}

#[tokio::test]
async fn many_logins_tried_from_one_network_are_slowed_down() {
    for site in site::both().await {
        for number in 0..40 {
            let login = format!("guess{number}");
            let refused = sessions::sign_in(&site.app, &login, "x", &from("192.0.2.7")).await;
            assert_eq!(told(refused), Some(AccountRefusal::WrongLogin), "{login}");
        }
        let refused = sessions::sign_in(&site.app, "guess40", "x", &from("192.0.2.7")).await;
        assert_eq!(told(refused), Some(AccountRefusal::Slowed { minutes: 1 }));
        let refused = sessions::sign_in(&site.app, "guess40", "x", &from("192.0.2.8")).await;
        assert_eq!(told(refused), Some(AccountRefusal::WrongLogin));
    }
}

#[tokio::test]
async fn sixty_guesses_at_once_get_no_further_than_five() {
    for site in site::both().await {
        chen(&site).await;
        let mut guesses = Vec::new();
        for number in 0..60 {
            let app = site.app.clone();
            guesses.push(tokio::spawn(async move {
                // From as many networks: only the login is theirs together.
                let network = from(&format!("192.0.2.{number}"));
                sessions::sign_in(&app, "chen", &format!("guess {number}"), &network).await
            }));
        }
        let mut looked_into = 0;
        for guess in guesses {
            if told(guess.await.unwrap()) == Some(AccountRefusal::WrongLogin) {
                looked_into += 1;
            }
        }
        assert_eq!(looked_into, 5);
    }
}

#[tokio::test]
async fn strangers_keep_nobody_out_of_a_browser_that_signed_in_before() {
    for site in site::both().await {
        chen(&site).await;
        let known = sessions::sign_in(&site.app, "chen", "a good password", &from("192.0.2.7"))
            .await
            .unwrap();
        let mine = Browser {
            known: known.known,
            ..from("192.0.2.7")
        };
        // A stranger in the same office tries this account and many others.
        for number in 0..45 {
            let login = if number < 7 { "chen" } else { "somebody" };
            let _ = sessions::sign_in(&site.app, login, "x", &from("192.0.2.7")).await;
        }
        let refused =
            sessions::sign_in(&site.app, "chen", "a good password", &from("192.0.2.7")).await;
        assert!(matches!(told(refused), Some(AccountRefusal::Slowed { .. })));
        let begun = sessions::sign_in(&site.app, "chen", "a good password", &mine)
            .await
            .unwrap();
        // The cookie is another from then on, and the one before is worth nothing.
        let refused = sessions::sign_in(&site.app, "chen", "a good password", &mine).await;
        assert!(matches!(told(refused), Some(AccountRefusal::Slowed { .. })));
        // Stolen, it is no free way to guess: three, and then a wait; nor does it open another account's door.
        let stolen = Browser {
            known: begun.known,
            ..from("203.0.113.1")
        };
        for _ in 0..3 {
            let refused = sessions::sign_in(&site.app, "chen", "x", &stolen).await;
            assert_eq!(told(refused), Some(AccountRefusal::WrongLogin));
        }
        let refused = sessions::sign_in(&site.app, "chen", "x", &stolen).await;
        assert_eq!(told(refused), Some(AccountRefusal::Slowed { minutes: 1 }));
    }
}

#[tokio::test]
async fn a_clock_that_ran_ahead_makes_nobody_wait_longer_than_the_rule() {
    for site in site::both().await {
        chen(&site).await;
        let today = jiff::civil::date(2016, 10, 20);
        site.app.clock.set(jiff::civil::date(2017, 10, 20));
        for _ in 0..20 {
            let _ = sessions::sign_in(&site.app, "chen", "x", &from("192.0.2.7")).await;
        }
        site.app.clock.set(today);
        let refused = sessions::sign_in(&site.app, "chen", "x", &from("192.0.2.7")).await;
        assert_eq!(told(refused), Some(AccountRefusal::Slowed { minutes: 1 }));
        // The year to come was cut to now: the wait runs out.
        site.app.clock.set(today.tomorrow().unwrap());
        let begun =
            sessions::sign_in(&site.app, "chen", "a good password", &from("192.0.2.7")).await;
        assert!(begun.is_ok());
    }
}

#[tokio::test]
async fn what_was_typed_as_a_user_name_is_not_kept_and_what_is_old_is_swept() {
    for site in site::both().await {
        let typed = "my secret password typed into the wrong field ".repeat(2_000);
        let refused = sessions::sign_in(&site.app, &typed, "x", &from("192.0.2.7")).await;
        assert_eq!(told(refused), Some(AccountRefusal::WrongLogin));
        let kept = failures(&site).await;
        assert_eq!(kept.len(), 2, "the login and the network");
        for target in &kept {
            assert!(target.len() < 60 && !target.contains("secret"), "{target}");
            assert!(!target.contains("192.0.2"), "{target}");
        }
        let node = Node::new(&site.app, jianjia_app::WORKS);
        worker::arm(&site.app, &node).await.unwrap();
        site.app.clock.set(jiff::civil::date(2016, 10, 22));
        let sweep = || worker::run_due_once(&site.app, &node, Lane::Short);
        while sweep().await.unwrap().is_some() {}
        let _ = sessions::sign_in(&site.app, "other", "x", &from("192.0.2.8")).await;
        let later = failures(&site).await;
        assert_eq!(later.len(), 2);
        assert!(later.iter().all(|target| !kept.contains(target)), "swept");
    }
}

/// The targets that are kept.
async fn failures(site: &TestSite) -> Vec<String> {
    let table = schema::tables()
        .into_iter()
        .find(|table| table.name == "sign_in_failure")
        .unwrap();
    let mut targets = Vec::new();
    let mut tx = site.app.db.read().await.unwrap();
    backup::each_row(&mut tx, &table, |row| {
        targets.push(row[0].as_str().unwrap().to_owned());
        Ok(())
    })
    .await
    .unwrap();
    targets
}

#[tokio::test]
async fn a_session_ends_after_three_days_however_busy() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let Clock::Set(clock) = &site.app.clock else {
            panic!("a test's clock is set");
        };
        let hour = 3_600_000_000;
        for passed in 1..8 {
            clock.fetch_add(10 * hour, std::sync::atomic::Ordering::Relaxed);
            let page = chair.get("/desk").await;
            assert_eq!(
                page.status,
                StatusCode::OK,
                "after {passed} times ten hours"
            );
        }
        clock.fetch_add(2 * hour, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(chair.get("/desk").await.location(), "/sign-in?next=/desk");
    }
}

#[tokio::test]
async fn signing_in_ends_the_session_before_in_that_browser() {
    for site in site::both().await {
        chen(&site).await;
        let mut client = site.visitor();
        sign_in(&mut client, "chen", "a good password").await;
        let mut before = client.clone();
        assert_eq!(before.get("/desk").await.status, StatusCode::OK);
        client.get("/settings").await;
        sign_in(&mut client, "chen", "a good password").await;
        assert_eq!(client.get("/desk").await.status, StatusCode::OK);
        assert_eq!(before.get("/desk").await.location(), "/sign-in?next=/desk");
    }
}

#[tokio::test]
async fn over_https_every_cookie_is_this_host_s_alone() {
    for site in site::both().await {
        chen(&site).await;
        let https = Serving {
            https: true,
            behind_proxy: true,
            ..Serving::default()
        };
        let mut client = site.visitor_of(jianjia_web::site_for(site.app.clone(), https));
        let page = sign_in(&mut client, "chen", "a good password").await;
        assert_eq!(page.location(), "/desk");
        client.get("/settings").await;
        client
            .post_form("/settings", &[("language", "en"), ("next", "/desk")])
            .await;
        let page = client.get("/desk").await;
        assert!(page.body.contains("lang=\"en\""));
        let mut names: Vec<&str> = client.cookies.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "__Host-known",
                "__Host-lang",
                "__Host-session",
                "__Host-visit"
            ]
        );
        for cookie in page.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.ends_with("; Secure"), "{cookie}");
        }
        // One that a neighbouring host could set signs nobody in.
        let token = client.cookies.remove("__Host-session").unwrap();
        client.cookies.insert("session".to_owned(), token);
        assert_eq!(client.get("/desk").await.status, StatusCode::SEE_OTHER);
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

fn told<T>(result: jianjia_app::core::error::Result<T>) -> Option<AccountRefusal> {
    match result {
        Err(jianjia_app::core::error::Error::Refused(refusal)) => refusal.of().cloned(),
        _ => None,
    }
}
