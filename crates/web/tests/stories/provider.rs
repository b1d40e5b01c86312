//! Signing in by the city's identity provider: who is matched, who is refused, and what a forged word opens, which is nothing.

mod real;
mod there;

use std::sync::Arc;

use axum::http::StatusCode;
use jianjia_app::core::{
    app::App,
    memory::Memory,
    provider::{Factor, Passwords, Provider},
};
use jianjia_domain::core::{
    policy::{Actor, Role},
    post::Addresses,
    provider::Matched,
};
use jianjia_standard::Text;
use jianjia_store::core::post;
use serde_json::{Value, json};
use there::{CLIENT, SECRET, TestProvider, Twist, person};

use crate::site::{self, Client, Page, TestSite};

const PASSWORD: &str = "umbrella quartz noodle";

fn settings(provider: &TestProvider) -> Provider {
    settings_of(&provider.issuer)
}

fn settings_of(issuer: &str) -> Provider {
    Provider {
        issuer: issuer.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.to_owned(),
        address: "http://localhost".to_owned(),
        scopes: vec!["profile".to_owned()],
        claim: "preferred_username".to_owned(),
        matched: Matched::Login,
        label: Text {
            zh: "市统一身份认证登录".to_owned(),
            en: "Sign in with the city's account".to_owned(),
        },
        passwords: Passwords::Stay,
        factor: Factor::Asked,
    }
}

/// The program with these settings, with a memory of its own.
fn with(site: &TestSite, settings: Provider) -> App {
    App {
        provider: Some(Arc::new(settings.checked().unwrap())),
        memory: Memory::default(),
        ..site.app.clone()
    }
}

fn visitor(site: &TestSite, app: &App) -> Client {
    site.visitor_of(jianjia_web::site(app.clone()))
}

async fn chair(site: &TestSite, login: &str) -> Actor {
    let roles = [(Role::Chair, &site.union)];
    site.city_of_tests
        .account(login, PASSWORD, "陈主席", None, &roles)
        .await
}

/// There and back.
async fn go(client: &mut Client, provider: &TestProvider, whom: &there::Person) -> Page {
    let back = there_only(client, provider, whom).await;
    client.get(&back).await
}

async fn there_only(client: &mut Client, provider: &TestProvider, whom: &there::Person) -> String {
    let page = client.get("/sign-in/provider?next=/units").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    provider.authorize(&page.location(), whom)
}

fn is_refused(page: &Page, words: &str) {
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.text()
    );
    assert!(page.text().contains(words), "{words}: {}", page.text());
    let cookies = page.headers.get_all("set-cookie").iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    assert!(!cookies.any(|cookie| cookie.starts_with("session=")));
}

async fn is_nobody(client: &mut Client) {
    assert_eq!(client.get("/desk").await.location(), "/sign-in?next=/desk");
}

#[tokio::test]
async fn whoever_has_an_account_signs_in_without_a_password_and_the_trail_says_so() {
    for site in site::both().await {
        let provider = TestProvider::start(site.app.now()).await;
        let app = with(&site, settings(&provider));
        chair(&site, "chen").await;
        let mut client = visitor(&site, &app);
        let page = client.get("/sign-in?next=/units").await;
        assert!(
            page.text().contains("市统一身份认证登录"),
            "{}",
            page.text()
        );
        assert!(page.body.contains("/sign-in/provider?next=/units"));
        let whom = person("u1", json!({"preferred_username": "Chen"}));
        let page = go(&mut client, &provider, &whom).await;
        assert_eq!(page.location(), "/units", "{}", page.text());
        assert!(client.get("/desk").await.text().contains("陈主席"));
        assert!(!client.cookies.contains_key("attempt"), "used up");
        let sessions = client.get("/accounts/sessions").await.text();
        assert!(sessions.contains("统一身份认证"), "{sessions}");
        let page = client.post_form("/sign-out", &[]).await;
        let page = client.get(&page.location()).await;
        assert!(page.body.contains("统一身份认证平台上的登录还在"));
        is_nobody(&mut client).await;
        let mut auditor = site
            .sign_in_as("审计", &[(Role::Auditor, &site.city)])
            .await;
        let trail = auditor.get("/audit").await.text();
        assert!(trail.contains("通过统一身份认证登录"), "{trail}");
        // A provider that says nothing in the signed word is asked; one that signs with a curve is believed as well.
        provider.signs_by(2);
        let mut told = person("u1", json!({}));
        told.tells = json!({"preferred_username": "chen"});
        let mut other = visitor(&site, &with(&site, settings(&provider)));
        let page = go(&mut other, &provider, &told).await;
        assert_eq!(page.location(), "/units", "{}", page.text());
    }
}

#[tokio::test]
async fn nobody_else_is_let_in_and_each_is_told_what_to_do() {
    for site in site::both().await {
        let provider = TestProvider::start(site.app.now()).await;
        let app = with(&site, settings(&provider));
        let actor = chair(&site, "chen").await;
        chair(&site, "li").await;
        let mut client = visitor(&site, &app);
        let named = |subject, login: &str| person(subject, json!({"preferred_username": login}));
        let page = go(&mut client, &provider, &named("u9", "nobody")).await;
        is_refused(&page, "没有和您对应的账号");
        assert!(page.text().contains("常州市总工会"), "{}", page.text());
        let page = go(&mut client, &provider, &person("u9", json!({}))).await;
        is_refused(&page, "没有说出用来对应账号的信息");
        // Who gives up at the provider comes back without a code.
        let back = there_only(&mut client, &provider, &named("u1", "chen")).await;
        let (_, state) = back.split_once("&state=").unwrap();
        let given_up = format!("/sign-in/provider/return?error=access_denied&state={state}");
        is_refused(&client.get(&given_up).await, "取消了登录");
        // A name that the provider gave to somebody else, and one person with two names.
        let page = go(&mut client, &provider, &named("u1", "chen")).await;
        assert_eq!(page.location(), "/units");
        let mut other = visitor(&site, &app);
        is_refused(
            &go(&mut other, &provider, &named("u2", "chen")).await,
            "另一个身份",
        );
        is_refused(
            &go(&mut other, &provider, &named("u1", "li")).await,
            "另一个身份",
        );
        is_nobody(&mut other).await;
        // An administrator who resets the password ends the link.
        let mut admin = site
            .sign_in_as("李管理", &[(Role::Administrator, &site.city)])
            .await;
        let account = format!("/accounts/{}", actor.account);
        admin.post_form(&format!("{account}/password"), &[]).await;
        let page = go(&mut other, &provider, &named("u2", "chen")).await;
        assert!(
            page.location().starts_with("/accounts/notices"),
            "{}",
            page.text()
        );
        // The one-time password is nobody's concern who comes by the provider.
        assert_eq!(other.get("/desk").await.status, StatusCode::OK);
        admin.post_form(&format!("{account}/lock"), &[]).await;
        is_nobody(&mut other).await;
        is_refused(
            &go(&mut other, &provider, &named("u2", "chen")).await,
            "没有和您对应的账号",
        );
    }
}

#[tokio::test]
async fn a_telephone_number_matches_one_account_or_none() {
    for site in site::both().await {
        let provider = TestProvider::start(site.app.now()).await;
        let app = with(
            &site,
            Provider {
                claim: "phone_number".to_owned(),
                matched: Matched::Telephone,
                ..settings(&provider)
            },
        );
        let (chen, li) = (chair(&site, "chen").await, chair(&site, "li").await);
        let reach = async |actor: &Actor| {
            let mut tx = site.app.db.write("account").await.unwrap();
            let addresses = Addresses {
                telephone: "13861012345".to_owned(),
                ..Addresses::default()
            };
            post::say_addresses(&mut tx, &actor.account, &addresses)
                .await
                .unwrap();
            jianjia_demo::testing::keep(&site.app, tx).await;
        };
        reach(&chen).await;
        let said = json!({"phone_number": "+86 138-6101-2345", "phone_number_verified": true});
        let whom = person("u1", said);
        let mut client = visitor(&site, &app);
        assert_eq!(go(&mut client, &provider, &whom).await.location(), "/units");
        let unsure = json!({"phone_number": "13861012345", "phone_number_verified": false});
        let mut other = visitor(&site, &app);
        let page = go(&mut other, &provider, &person("u1", unsure)).await;
        is_refused(&page, "还没有验证");
        reach(&li).await;
        is_refused(&go(&mut other, &provider, &whom).await, "不止一个账号");
    }
}

#[tokio::test]
async fn a_word_that_is_not_the_provider_s_opens_nothing() {
    for site in site::both().await {
        let provider = TestProvider::start(site.app.now()).await;
        chair(&site, "chen").await;
        let now = site.app.now().as_second();
        let claim = |name, value: Value| Twist::Claim(name, value);
        for (number, twist) in [
            claim("aud", json!("another")),
            claim("aud", json!([CLIENT, "another"])),
            claim("azp", json!("another")),
            claim("iss", json!("http://127.0.0.1:1")),
            claim("exp", json!(now)),
            claim("iat", json!(now - 301)),
            claim("iat", json!(now + 301)),
            claim("nonce", json!("another")),
            claim("nonce", Value::Null),
            Twist::AlgNone,
            Twist::HmacOfPublicKey,
            Twist::HmacOfSecret,
            Twist::StrangersKey,
            Twist::Changed,
            Twist::OtherUser,
        ]
        .into_iter()
        .enumerate()
        {
            let app = with(&site, settings(&provider));
            // Each from a network of its own would do as well: more than forty are slowed down.
            let mut client = visitor(&site, &app);
            let whom = match twist {
                Twist::OtherUser => {
                    let mut whom = person("u1", json!({}));
                    whom.tells = json!({"preferred_username": "chen"});
                    whom
                }
                _ => person("u1", json!({"preferred_username": "chen"})),
            };
            provider.twist(twist.clone());
            let page = go(&mut client, &provider, &whom).await;
            assert!(
                page.text().contains("没有通过核对"),
                "{number} {twist:?}: {}",
                page.text()
            );
            is_refused(&page, "没有通过核对");
            is_nobody(&mut client).await;
            provider.twist(Twist::None);
            let whom = person("u1", json!({"preferred_username": "chen"}));
            let page = go(&mut client, &provider, &whom).await;
            assert_eq!(page.location(), "/units", "{twist:?}: {}", page.text());
        }
    }
}

#[tokio::test]
async fn a_way_back_is_of_use_once_and_to_its_own_browser_alone() {
    for site in site::both().await {
        let provider = TestProvider::start(site.app.now()).await;
        let app = with(&site, settings(&provider));
        chair(&site, "chen").await;
        chair(&site, "li").await;
        let whom = person("u1", json!({"preferred_username": "chen"}));
        let over = "不是在这个浏览器里开始的";
        let mut client = visitor(&site, &app);
        // Without a way there, with a forged state, with one of another browser.
        is_refused(
            &client.get("/sign-in/provider/return?code=x&state=y").await,
            over,
        );
        let back = there_only(&mut client, &provider, &whom).await;
        let (address, _) = back.split_once("&state=").unwrap();
        let forged = format!("{address}&state={}", "0".repeat(64));
        is_refused(&client.clone().get(&forged).await, over);
        let mut victim = visitor(&site, &app);
        is_refused(&victim.get(&back).await, over);
        there_only(&mut victim, &provider, &whom).await;
        is_refused(&victim.get(&back).await, over);
        is_nobody(&mut victim).await;
        // The cookie is changed, or another instance's.
        let mut changed = client.clone();
        let kept = changed.cookies["attempt"].clone();
        let last = if kept.ends_with('A') { "B" } else { "A" };
        changed.cookies.insert(
            "attempt".to_owned(),
            format!("{}{last}", &kept[..kept.len() - 1]),
        );
        is_refused(&changed.get(&back).await, over);
        // Once, and then no more, also with the cookie that was kept.
        let mut again = client.clone();
        assert_eq!(client.get(&back).await.location(), "/units");
        is_refused(&again.get(&back).await, over);
        is_nobody(&mut again).await;
        // An attacker's code under the victim's own state: PKCE binds it to the attacker's browser.
        let mut attacker = visitor(&site, &app);
        let theirs = person("u2", json!({"preferred_username": "li"}));
        let stolen = there_only(&mut attacker, &provider, &theirs).await;
        let code = &there::read(stolen.split_once('?').unwrap().1)["code"];
        let own = there_only(&mut victim, &provider, &whom).await;
        let state = &there::read(own.split_once('?').unwrap().1)["state"];
        let injected = format!("/sign-in/provider/return?code={code}&state={state}");
        is_refused(&victim.get(&injected).await, "没有通过核对");
        is_nobody(&mut victim).await;
        // Another provider's answer.
        let own = there_only(&mut victim, &provider, &whom).await;
        let mixed = format!("{own}&iss=https%3A%2F%2Fevil.example");
        is_refused(&victim.get(&mixed).await, "没有通过核对");
        // Too late.
        let own = there_only(&mut victim, &provider, &whom).await;
        site.app.clock.set(jiff::civil::date(2016, 10, 21));
        is_refused(&victim.get(&own).await, over);
        // It leads to pages of ours alone.
        for next in ["https://evil.example", "//evil.example", "/\\evil.example"] {
            let next = jianjia_web::visit::percent_encoded(next);
            let mut client = visitor(&site, &app);
            let page = client.get(&format!("/sign-in/provider?next={next}")).await;
            assert!(page.location().starts_with(&provider.issuer));
            let page = client.get(&format!("/sign-in?next={next}")).await;
            assert!(page.body.contains("/sign-in/provider?next=/desk"));
        }
    }
}

#[tokio::test]
async fn new_keys_are_read_once_a_minute_at_most() {
    for site in site::both().await {
        let provider = TestProvider::start(site.app.now()).await;
        let app = with(&site, settings(&provider));
        chair(&site, "chen").await;
        let whom = person("u1", json!({"preferred_username": "chen"}));
        let mut client = visitor(&site, &app);
        assert_eq!(go(&mut client, &provider, &whom).await.location(), "/units");
        assert_eq!(provider.keys_read(), 1);
        assert_eq!(go(&mut client, &provider, &whom).await.location(), "/units");
        assert_eq!(provider.keys_read(), 1, "kept");
        provider.signs_by(1);
        assert_eq!(go(&mut client, &provider, &whom).await.location(), "/units");
        assert_eq!(provider.keys_read(), 2);
        provider.twist(Twist::StrangersKey);
        for _ in 0..3 {
            is_refused(&go(&mut client, &provider, &whom).await, "没有通过核对");
        }
        assert_eq!(provider.keys_read(), 2, "forged words cost it nothing");
    }
}

#[tokio::test]
async fn a_provider_that_is_away_is_told_and_passwords_go_on() {
    for site in site::both().await {
        let gone = TestProvider::start(site.app.now()).await;
        let app = with(&site, settings(&gone));
        chair(&site, "chen").await;
        drop(gone);
        tokio::task::yield_now().await;
        let mut client = visitor(&site, &app);
        for _ in 0..2 {
            let page = client.get("/sign-in/provider").await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(page.text().contains("现在没有应答"), "{}", page.text());
            assert!(page.text().contains("这件事现在不能办"), "{}", page.text());
            assert!(!page.text().contains("请改正"), "{}", page.text());
            assert_eq!(page.header("retry-after"), "5");
        }
        let fields = [("login", "chen"), ("password", PASSWORD), ("next", "/desk")];
        let page = client.post_form("/sign-in", &fields).await;
        assert_eq!(page.location(), "/desk");
    }
}

#[tokio::test]
async fn where_passwords_end_neither_a_password_nor_a_code_opens_an_account() {
    for site in site::both().await {
        let provider = TestProvider::start(site.app.now()).await;
        let app = with(
            &site,
            Provider {
                passwords: Passwords::End,
                ..settings(&provider)
            },
        );
        chair(&site, "chen").await;
        let mut client = visitor(&site, &app);
        let page = client.get("/sign-in").await;
        assert!(!page.body.contains("name=\"password\""), "{}", page.body);
        // Nor does the help send anybody to a password.
        assert!(!page.text().contains("忘记密码"), "{}", page.text());
        assert!(
            page.text().contains("用市里的统一身份认证登录"),
            "{}",
            page.text()
        );
        let fields = [("login", "chen"), ("password", PASSWORD), ("next", "/desk")];
        let page = client.post_form("/sign-in", &fields).await;
        is_refused(&page, "不再使用密码");
        let page = client
            .post_form("/join", &[("code", "ABCD-EFGH-JKMN")])
            .await;
        is_refused(&page, "不再使用密码");
        let page = client
            .post_form("/sign-in/forgotten", &[("asked", "chen")])
            .await;
        assert_eq!(page.location(), "/sign-in/forgotten");
    }
}

#[tokio::test]
async fn the_second_factor_is_asked_unless_the_provider_s_is_trusted_and_before_what_matters_always()
 {
    for site in site::both().await {
        let provider = TestProvider::start(site.app.now()).await;
        let asked = with(&site, settings(&provider));
        let trusted = with(
            &site,
            Provider {
                factor: Factor::Trusted,
                ..settings(&provider)
            },
        );
        let roles = [(Role::Administrator, &site.city)];
        site.city_of_tests
            .account("qian", PASSWORD, "钱管理", None, &roles)
            .await;
        let whom = person("u1", json!({"preferred_username": "qian"}));
        let mut first = visitor(&site, &asked);
        assert_eq!(go(&mut first, &provider, &whom).await.location(), "/units");
        // Who came by the provider just now need not know a password.
        let page = first.get("/accounts/factor").await;
        assert!(!page.body.contains("name=\"password\""), "{}", page.text());
        super::factor::turn_on(&site.app, &mut first).await;
        let mut second = visitor(&site, &asked);
        let page = go(&mut second, &provider, &whom).await;
        assert_eq!(page.location(), "/sign-in/code?next=/units");
        is_nobody(&mut second).await;
        let mut third = visitor(&site, &trusted);
        let page = go(&mut third, &provider, &whom).await;
        assert_eq!(page.location(), "/units");
        let clerk = chair(&site, "chen").await;
        let page = third
            .post_form(&format!("/accounts/{}/lock", clerk.account), &[])
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.text());
        assert!(page.text().contains("再验证一次"), "{}", page.text());
    }
}

#[tokio::test]
async fn without_a_provider_there_is_no_way_to_it() {
    for site in site::both().await {
        let mut client = site.visitor();
        for address in [
            "/sign-in/provider",
            "/sign-in/provider/return?code=a&state=b",
        ] {
            assert_eq!(client.get(address).await.status, StatusCode::NOT_FOUND);
        }
        assert!(
            !client
                .get("/sign-in")
                .await
                .body
                .contains("/sign-in/provider")
        );
    }
}
