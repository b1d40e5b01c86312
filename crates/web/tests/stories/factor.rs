//! The second factor: turned on, given after the password and anew before what matters most, taken off.

mod given_anew;
mod passkeys;
mod sessions;

use axum::http::StatusCode;
use jianjia_app::{
    core::{app::App, clock::Clock},
    office::{
        factor::{self as factors, totp},
        session,
    },
};
use jianjia_domain::{
    core::policy::{Actor, Role},
    office::factor::{RECOVERY_CODES, step},
};

use crate::site::{self, Client, Page, TestSite};

const PASSWORD: &str = "umbrella quartz noodle";

/// Moves the clock on.
fn pass(app: &App, seconds: i64) {
    let Clock::Set(clock) = &app.clock else {
        panic!("a test's clock is set");
    };
    clock.fetch_add(seconds * 1_000_000, std::sync::atomic::Ordering::Relaxed);
}

/// The secret of the offer that a page shows.
fn secret(page: &Page) -> Vec<u8> {
    let (_, rest) = page
        .body
        .split_once("secret-groups\">")
        .unwrap_or_else(|| panic!("an offer: {}", page.text()));
    decoded(rest.split('<').next().unwrap_or_default())
}

fn decoded(letters: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in letters.bytes().filter(|letter| *letter != b' ') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 255) as u8);
        }
    }
    bytes
}

/// The code that the telephone shows now.
pub fn code(app: &App, secret: &[u8]) -> String {
    totp::code(secret, step(app.now()))
}

fn hidden(page: &Page, name: &str) -> String {
    let (_, rest) = page
        .body
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("{name} on {}", page.text()));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Turns the second factor on: the secret and the recovery codes.
pub async fn turn_on(app: &App, client: &mut Client) -> (Vec<u8>, Vec<String>) {
    let page = client.get("/accounts/factor").await;
    let (secret, sealed) = (secret(&page), hidden(&page, "sealed"));
    let code = code(app, &secret);
    let page = client
        .post_form(
            "/accounts/factor",
            &[("sealed", &sealed), ("code", &code), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let codes = page.body.split("<li><code>").skip(1);
    let codes: Vec<String> = codes
        .map(|rest| rest.split('<').next().unwrap_or_default().to_owned())
        .collect();
    (secret, codes)
}

async fn account(site: &TestSite, login: &str, role: Role) -> Actor {
    let unit = match role {
        Role::Clerk | Role::Chair => &site.union,
        _ => &site.city,
    };
    site.city_of_tests
        .account(login, PASSWORD, "钱主任", None, &[(role, unit)])
        .await
}

async fn sign_in(client: &mut Client, login: &str) -> Page {
    let fields = [("login", login), ("password", PASSWORD), ("next", "/desk")];
    client.get("/settings").await;
    let page = client.post_form("/sign-in", &fields).await;
    // Forms carry the token of the new session.
    client.get("/settings").await;
    page
}

async fn give(client: &mut Client, code: &str) -> Page {
    client
        .post_form("/sign-in/code", &[("code", code), ("next", "/desk")])
        .await
}

#[tokio::test]
async fn nobody_is_signed_in_before_the_code_and_each_code_counts_once() {
    for site in site::both().await {
        account(&site, "qian", Role::Approver).await;
        let mut first = site.visitor();
        assert_eq!(sign_in(&mut first, "qian").await.location(), "/desk");
        let page = first.get("/accounts/factor").await;
        let sealed = hidden(&page, "sealed");
        let right = code(&site.app, &secret(&page));
        for password in ["", "not it"] {
            let wrong = [
                ("sealed", sealed.as_str()),
                ("code", right.as_str()),
                ("password", password),
            ];
            let again = first.post_form("/accounts/factor", &wrong).await;
            assert!(again.text().contains("原密码不对"), "{}", again.text());
            assert_eq!(hidden(&again, "sealed"), sealed);
        }
        let wrong = [
            ("sealed", sealed.as_str()),
            ("code", "000000"),
            ("password", PASSWORD),
        ];
        let again = first.post_form("/accounts/factor", &wrong).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("验证码不对"), "{}", again.text());
        assert_eq!(hidden(&again, "sealed"), sealed, "nobody scans twice");
        let (secret, recovery) = turn_on(&site.app, &mut first).await;
        assert_eq!(recovery.len(), 10);
        assert_eq!(first.get("/desk").await.status, StatusCode::OK);
        let own = first.get("/accounts/factor").await.text();
        assert!(own.contains("还剩 10 个"), "{own}");

        let mut second = site.visitor();
        let page = sign_in(&mut second, "qian").await;
        assert_eq!(page.location(), "/sign-in/code?next=/desk");
        let desk = second.get("/desk").await;
        assert_eq!(desk.location(), "/sign-in?next=/desk");
        assert_eq!(
            second.get(&desk.location()).await.location(),
            "/sign-in/code?next=/desk"
        );
        let home = second.get("/honours").await;
        assert!(!home.body.contains("钱主任"), "a public page knows nobody");
        assert!(second.get("/sign-in/code").await.text().contains("钱主任"));
        let used = code(&site.app, &secret);
        let page = give(&mut second, &used).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("或者已经用过"), "{}", page.text());
        pass(&site.app, 30);
        let page = give(&mut second, &code(&site.app, &secret)).await;
        assert_eq!(page.location(), "/desk");
        assert_eq!(second.get("/desk").await.status, StatusCode::OK);

        let mut third = site.visitor();
        sign_in(&mut third, "qian").await;
        assert_eq!(give(&mut third, &recovery[3]).await.location(), "/desk");
        let mut fourth = site.visitor();
        sign_in(&mut fourth, "qian").await;
        let page = give(&mut fourth, &recovery[3]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "once");
        let own = third.get("/accounts/factor").await.text();
        assert!(own.contains("还剩 9 个"), "{own}");
    }
}

#[tokio::test]
async fn codes_are_guessed_no_faster_than_passwords() {
    for site in site::both().await {
        account(&site, "qian", Role::Approver).await;
        let mut owner = site.visitor();
        sign_in(&mut owner, "qian").await;
        let (secret, _) = turn_on(&site.app, &mut owner).await;
        pass(&site.app, 60);
        let mut thief = site.visitor();
        sign_in(&mut thief, "qian").await;
        for _ in 0..5 {
            let page = give(&mut thief, "000000").await;
            assert!(page.text().contains("验证码不对"), "{}", page.text());
        }
        let page = give(&mut thief, &code(&site.app, &secret)).await;
        assert!(page.text().contains("请 1 分钟后再试"), "{}", page.text());
        assert_eq!(thief.get("/desk").await.location(), "/sign-in?next=/desk");
        pass(&site.app, 60);
        let page = give(&mut thief, &code(&site.app, &secret)).await;
        assert_eq!(page.location(), "/desk");
    }
}

#[tokio::test]
async fn roles_that_must_have_one_turn_it_on_before_anything_else() {
    for site in site::both().await {
        let app = App {
            second_factor: [Role::Approver].into(),
            ..site.app.clone()
        };
        let web = jianjia_web::site(app.clone());
        account(&site, "qian", Role::Approver).await;
        account(&site, "wang", Role::Clerk).await;
        let mut clerk = site.visitor_of(web.clone());
        sign_in(&mut clerk, "wang").await;
        assert_eq!(clerk.get("/desk").await.status, StatusCode::OK);
        let mut approver = site.visitor_of(web);
        sign_in(&mut approver, "qian").await;
        assert_eq!(approver.get("/desk").await.location(), "/accounts/factor");
        let page = approver.get("/accounts/factor").await;
        assert!(page.text().contains("必须使用两步验证"), "{}", page.text());
        turn_on(&app, &mut approver).await;
        assert_eq!(approver.get("/desk").await.status, StatusCode::OK);
        let page = approver.post_form("/accounts/factor/removal", &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("不能停用"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_lost_telephone_takes_two_administrators_where_the_role_decides() {
    for site in site::both().await {
        let approver = account(&site, "qian", Role::Approver).await;
        let clerk = account(&site, "wang", Role::Clerk).await;
        for login in ["qian", "wang"] {
            let mut owner = site.visitor();
            sign_in(&mut owner, login).await;
            turn_on(&site.app, &mut owner).await;
        }
        let at_city = [(Role::Administrator, &site.city)];
        let mut first = site.sign_in_as("李管理", &at_city).await;
        let mut second = site.sign_in_as("赵管理", &at_city).await;
        // One is enough for a clerk.
        let page = first
            .post_form(&format!("/accounts/{}/factor", clerk.account), &[])
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        let mut owner = site.visitor();
        let page = sign_in(&mut owner, "wang").await;
        assert_eq!(page.location(), "/accounts/notices?next=/desk");
        let told = owner.get(&page.location()).await.text();
        assert!(told.contains("李管理 解除了您的两步验证"), "{told}");

        let address = format!("/accounts/{}", approver.account);
        let page = first.post_form(&format!("{address}/factor"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        let mut owner = site.visitor();
        let page = sign_in(&mut owner, "qian").await;
        assert_eq!(page.location(), "/sign-in/code?next=/desk", "still on");
        let page = second.get(&address).await;
        assert!(page.text().contains("解除两步验证"), "{}", page.text());
        let (_, rest) = page.body.split_once("/accounts/requests/").unwrap();
        let request = rest.split('/').next().unwrap();
        let page = second
            .post_form(&format!("/accounts/requests/{request}/confirmation"), &[])
            .await;
        assert_eq!(page.location(), address);
        let mut owner = site.visitor();
        let page = sign_in(&mut owner, "qian").await;
        assert_eq!(page.location(), "/accounts/notices?next=/desk");
    }
}

#[tokio::test]
async fn a_seed_is_of_use_to_its_own_account_alone_and_stands_nowhere_in_clear() {
    for site in site::both().await {
        account(&site, "qian", Role::Approver).await;
        account(&site, "wang", Role::Clerk).await;
        let (mut mine, mut theirs) = (site.visitor(), site.visitor());
        sign_in(&mut mine, "qian").await;
        sign_in(&mut theirs, "wang").await;
        let page = theirs.get("/accounts/factor").await;
        let (secret, sealed) = (secret(&page), hidden(&page, "sealed"));
        let code = code(&site.app, &secret);
        let fields = [("sealed", sealed.as_str()), ("code", code.as_str())];
        let page = mine.post_form("/accounts/factor", &fields).await;
        assert!(page.text().contains("已经失效"), "{}", page.text());
        assert_ne!(hidden(&page, "sealed"), sealed);
        let plain = [hex(&secret), totp::base32(&secret)];
        assert!(plain.iter().all(|secret| !sealed.contains(secret)));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn in_the_demo_the_time_of_telephones_counts() {
    for site in site::both().await {
        let actor = account(&site, "demo-admin", Role::Administrator).await;
        // It runs on from a day of 2016, and telephones don't know.
        let app = App {
            clock: Clock::running_from(jiff::civil::date(2016, 10, 20)),
            ..site.app.clone()
        };
        let session = session::open_for(&app, &actor.account).await.unwrap();
        let offer = factors::offer(&app, &actor, "").unwrap();
        let secret = decoded(&offer.secret);
        let began = async |code: &str| {
            factors::begin(&app, &actor, &session, &offer.sealed, code, PASSWORD).await
        };
        assert!(began(&code(&app, &secret)).await.is_err());
        let shown = totp::code(&secret, step(Clock::Real.now()));
        let codes = began(&shown).await.unwrap().expect("recovery codes");
        assert_eq!(codes.len(), RECOVERY_CODES);
    }
}
