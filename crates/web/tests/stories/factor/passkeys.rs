//! Passkeys: added, given after the password and anew, removed; and what is not taken.

mod device;

use std::sync::Arc;

use axum::http::StatusCode;
use jianjia_app::core::{app::App, post::Post};
use jianjia_domain::core::policy::Role;

use self::device::{Device, ORIGIN, parsed};
use super::{PASSWORD, account, code, give, hidden, pass, sign_in, turn_on};
use crate::site::{self, Client, Page, TestSite};

const OFFER: &str = "/accounts/factor/passkeys/offer";
const QUESTION: &str = "/sign-in/code/passkey";

/// The program at an address.
fn at(site: &TestSite, address: &str) -> App {
    let post = Post {
        address: address.to_owned(),
        ..Post::default()
    };
    App {
        post: Arc::new(post),
        ..site.app.clone()
    }
}

fn visitor(site: &TestSite) -> Client {
    site.visitor_of(jianjia_web::site(at(site, ORIGIN)))
}

async fn signed_in(site: &TestSite, login: &str) -> Client {
    let mut client = visitor(site);
    sign_in(&mut client, login).await;
    client
}

async fn asked(client: &mut Client, address: &str) -> String {
    let page = client.post_form(address, &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert_eq!(page.header("content-type"), "application/json");
    page.body
}

async fn add(client: &mut Client, device: &Device, name: &str, password: &str) -> Page {
    let answer = device.make(&asked(client, OFFER).await);
    send(client, &answer, name, password).await
}

async fn send(client: &mut Client, answer: &str, name: &str, password: &str) -> Page {
    let fields = [
        ("passkey", answer),
        ("passkey_name", name),
        ("passkey_password", password),
    ];
    client.post_form("/accounts/factor/passkeys", &fields).await
}

fn recovery_codes(page: &Page) -> Vec<String> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let codes = page.body.split("<li><code>").skip(1);
    codes
        .map(|rest| rest.split('<').next().unwrap_or_default().to_owned())
        .collect()
}

async fn answer(client: &mut Client, answer: &str) -> Page {
    let fields = [("passkey", answer), ("next", "/desk")];
    client.post_form("/sign-in/code", &fields).await
}

#[tokio::test]
async fn an_owner_adds_a_passkey_and_gives_the_second_factor_with_it() {
    for site in site::both().await {
        account(&site, "qian", Role::Administrator).await;
        let clerk = account(&site, "wang", Role::Clerk).await;
        let mut device = Device::new(7);
        let mut first = signed_in(&site, "qian").await;
        let page = first.get("/accounts/factor").await;
        assert!(page.body.contains(OFFER), "{}", page.text());
        let made = device.make(&asked(&mut first, OFFER).await);
        // What the device answered stays while the password is typed again.
        let page = send(&mut first, &made, "办公室电脑", "not it").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("原密码不对"), "{}", page.text());
        assert!(hidden(&page, "passkey").contains("attestationObject"));
        assert_eq!(hidden_name(&page), "办公室电脑");
        let page = send(&mut first, &made, " ", PASSWORD).await;
        assert!(page.text().contains("起个名字"), "{}", page.text());
        let page = send(&mut first, &made, "办公室电脑", PASSWORD).await;
        let recovery = recovery_codes(&page);
        assert_eq!(recovery.len(), 10);
        assert_eq!(first.get("/desk").await.status, StatusCode::OK);
        let messages = first.get("/messages").await.text();
        assert!(
            messages.contains("添加通行密钥（办公室电脑）"),
            "{messages}"
        );

        let mut second = visitor(&site);
        let page = sign_in(&mut second, "qian").await;
        assert_eq!(page.location(), "/sign-in/code?next=/desk");
        let page = second.get("/sign-in/code?next=/desk").await;
        assert!(page.body.contains(QUESTION), "{}", page.text());
        assert!(
            page.text().contains("请再用通行密钥验证"),
            "{}",
            page.text()
        );
        let page = give(&mut second, "123456").await;
        assert!(
            page.text().contains("没有启用手机验证码"),
            "{}",
            page.text()
        );
        assert_eq!(second.get("/desk").await.location(), "/sign-in?next=/desk");
        let signed = device.sign(&asked(&mut second, QUESTION).await);
        assert_eq!(answer(&mut second, &signed).await.location(), "/desk");
        assert_eq!(second.get("/desk").await.status, StatusCode::OK);
        let own = second.get("/accounts/factor").await.text();
        assert!(own.contains("最近使用 2016-10-20 09:00"), "{own}");

        // Anew, before what matters most, with what was typed.
        pass(&site.app, 10 * 60);
        let address = format!("/accounts/{}/lock", clerk.account);
        let page = second.post_form(&address, &[("reason", "离任")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let question = "/accounts/factor/proof/passkey";
        assert!(page.body.contains(question), "{}", page.text());
        assert!(page.text().contains("填写的内容没有丢"), "{}", page.text());
        let signed = device.sign(&asked(&mut second, question).await);
        let proof = format!("/accounts/factor/proof?to={address}");
        let fields = [("reason", "离任"), ("factor_passkey", signed.as_str())];
        let page = second.post_form(&proof, &fields).await;
        assert_eq!(page.status, StatusCode::TEMPORARY_REDIRECT);
        let page = second.post_form(&address, &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());

        // A recovery code stands in for it.
        let mut third = visitor(&site);
        sign_in(&mut third, "qian").await;
        assert_eq!(give(&mut third, &recovery[0]).await.location(), "/desk");
        let own = third.get("/accounts/factor").await;
        assert!(own.text().contains("还剩 9 个"), "{}", own.text());
        // The last one is the second factor itself.
        let fields = [("passkey", hidden_id(&own))];
        let fields = fields.each_ref().map(|(name, id)| (*name, id.as_str()));
        let page = third
            .post_form("/accounts/factor/passkeys/removal", &fields)
            .await;
        assert_eq!(page.location(), "/accounts/factor", "{}", page.text());
        let mut fourth = visitor(&site);
        assert_eq!(sign_in(&mut fourth, "qian").await.location(), "/desk");
        let page = third
            .post_form("/accounts/factor/passkeys/removal", &fields)
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
}

/// The name that the form holds.
fn hidden_name(page: &Page) -> String {
    let (_, rest) = page.body.split_once("name=\"passkey_name\"").unwrap();
    let (_, rest) = rest.split_once("value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The id of the first passkey of the list.
fn hidden_id(page: &Page) -> String {
    let (_, rest) = page
        .body
        .split_once("/accounts/factor/passkeys/removal")
        .unwrap_or_else(|| panic!("a passkey: {}", page.text()));
    let (_, rest) = rest.split_once("name=\"passkey\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

const OVER: &str = "隔得太久、已经用过了";
const NOT_PROVED: &str = "没有通过核对";

/// Whoever knows the password and sends this in place of what the owner's device would is nobody.
#[tokio::test]
async fn what_is_not_signed_here_and_now_by_the_account_s_own_device_is_not_taken() {
    for site in site::both().await {
        let mut others = Device::new(9);
        account(&site, "wang", Role::Clerk).await;
        let mut other = signed_in(&site, "wang").await;
        add(&mut other, &others, "电脑", PASSWORD).await;
        let attacks = [
            "nothing at all",
            "no JSON",
            "an answer of before",
            "another site's page",
            "another site's key",
            "another account's device",
            "another session's question",
            "too late",
            "nobody at the device",
            "a changed signature",
        ];
        for (seed, attack) in (20..).zip(attacks) {
            // Each has an account of its own, for wrong answers are counted.
            let login = format!("qian{seed}");
            account(&site, &login, Role::Administrator).await;
            let mut device = Device::new(seed);
            let mut owner = signed_in(&site, &login).await;
            let page = add(&mut owner, &device, "电脑", PASSWORD).await;
            assert_eq!(recovery_codes(&page).len(), 10);
            let mut owner = signed_in(&site, &login).await;
            let mut thief = signed_in(&site, &login).await;
            let question = asked(&mut thief, QUESTION).await;
            let (sent, told) = match attack {
                "nothing at all" => (String::new(), "没有启用手机验证码"),
                "no JSON" => ("{}".to_owned(), NOT_PROVED),
                "an answer of before" => {
                    let old = device.sign(&asked(&mut owner, QUESTION).await);
                    assert_eq!(answer(&mut owner, &old).await.location(), "/desk");
                    (old, NOT_PROVED)
                }
                "another site's page" => {
                    device.origin = "https://jianjia.example";
                    let signed = device.sign(&question);
                    device.origin = ORIGIN;
                    (signed, NOT_PROVED)
                }
                "another site's key" => {
                    let signed = device.sign_for("jianjia.example", &parsed(&question));
                    (signed, NOT_PROVED)
                }
                "another account's device" => (others.sign(&question), NOT_PROVED),
                "another session's question" => {
                    (device.sign(&asked(&mut owner, QUESTION).await), NOT_PROVED)
                }
                "too late" => {
                    let signed = device.sign(&question);
                    pass(&site.app, 5 * 60);
                    (signed, OVER)
                }
                "nobody at the device" => {
                    device.verifies = false;
                    let signed = device.sign(&question);
                    device.verifies = true;
                    (signed, NOT_PROVED)
                }
                _ => {
                    let signed = device.sign(&question);
                    let (before, after) = signed.split_once("\"signature\":\"").unwrap();
                    let (signature, rest) = after.split_once('"').unwrap();
                    let mut letters: Vec<char> = signature.chars().collect();
                    let at = letters.len() / 2;
                    letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
                    let changed: String = letters.into_iter().collect();
                    let changed = format!("{before}\"signature\":\"{changed}\"{rest}");
                    (changed, NOT_PROVED)
                }
            };
            let page = answer(&mut thief, &sent).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{attack}");
            assert!(page.text().contains(told), "{attack}: {}", page.text());
            let desk = thief.get("/desk").await;
            assert_eq!(desk.location(), "/sign-in?next=/desk", "{attack}");
            // What was asked is answered by it: even the owner's device is asked anew.
            if told == NOT_PROVED && attack != "no JSON" {
                let late = device.sign(&question);
                let page = answer(&mut thief, &late).await;
                assert!(page.text().contains(OVER), "{attack}: {}", page.text());
            }
            let right = device.sign(&asked(&mut thief, QUESTION).await);
            assert_eq!(answer(&mut thief, &right).await.location(), "/desk");
        }
    }
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_told_and_written_down() {
    for site in site::both().await {
        account(&site, "qian", Role::Approver).await;
        let mut device = Device::new(7);
        device.counter = 10;
        let mut owner = signed_in(&site, "qian").await;
        add(&mut owner, &device, "办公室电脑", PASSWORD).await;
        // A copy was made, and the device counted on.
        let mut copy = Device::new(7);
        copy.counter = 10;
        for _ in 0..2 {
            let mut again = signed_in(&site, "qian").await;
            let signed = device.sign(&asked(&mut again, QUESTION).await);
            assert_eq!(answer(&mut again, &signed).await.location(), "/desk");
        }
        let mut thief = signed_in(&site, "qian").await;
        let signed = copy.sign(&asked(&mut thief, QUESTION).await);
        let page = answer(&mut thief, &signed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = page.text();
        assert!(text.contains("“办公室电脑”的计数比上一次小"), "{text}");
        assert!(
            text.contains("这件事现在不能办"),
            "nothing to correct: {text}"
        );
        assert_eq!(thief.get("/desk").await.location(), "/sign-in?next=/desk");
        let told = owner.get("/accounts/notices").await.text();
        assert!(told.contains("它的计数比上一次小"), "{told}");
        let at_city = [(Role::Auditor, &site.city)];
        let mut auditor = site.sign_in_as("审计员", &at_city).await;
        let trail = auditor.get("/audit").await.text();
        assert!(trail.contains("拒绝通行密钥"), "{trail}");
    }
}

#[tokio::test]
async fn two_answers_of_one_count_are_not_both_taken() {
    for site in site::both().await {
        account(&site, "qian", Role::Approver).await;
        let mut device = Device::new(7);
        let mut owner = signed_in(&site, "qian").await;
        add(&mut owner, &device, "电脑", PASSWORD).await;
        let mut copy = Device::new(7);
        let mut first = signed_in(&site, "qian").await;
        let mut second = signed_in(&site, "qian").await;
        // Both are asked before either answers.
        let (one, other) = (
            asked(&mut first, QUESTION).await,
            asked(&mut second, QUESTION).await,
        );
        let page = answer(&mut first, &device.sign(&one)).await;
        assert_eq!(page.location(), "/desk");
        let page = answer(&mut second, &copy.sign(&other)).await;
        assert!(page.text().contains("计数比上一次小"), "{}", page.text());
    }
}

#[tokio::test]
async fn another_passkey_takes_the_second_factor_that_there_is() {
    for site in site::both().await {
        account(&site, "qian", Role::Approver).await;
        let mut owner = signed_in(&site, "qian").await;
        let (secret, recovery) = turn_on(&site.app, &mut owner).await;
        assert_eq!(recovery.len(), 10);
        pass(&site.app, 10 * 60);
        let device = Device::new(7);
        let made = device.make(&asked(&mut owner, OFFER).await);
        let page = send(&mut owner, &made, "电脑", PASSWORD).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.text());
        assert_eq!(hidden_name(&page), "电脑");
        let code = code(&site.app, &secret);
        let fields = [
            ("passkey", made.as_str()),
            ("passkey_name", "电脑"),
            ("factor_code", code.as_str()),
        ];
        let proof = "/accounts/factor/proof?to=/accounts/factor/passkeys";
        let page = owner.post_form(proof, &fields).await;
        assert_eq!(page.status, StatusCode::TEMPORARY_REDIRECT);
        let page = send(&mut owner, &made, "电脑", "").await;
        assert_eq!(page.location(), "/accounts/factor", "{}", page.text());
        let own = owner.get("/accounts/factor").await;
        assert!(own.text().contains("还剩 10 个"), "{}", own.text());
        // The same device again.
        let page = add(&mut owner, &device, "又一次", "").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Nor does another account get it.
        account(&site, "wang", Role::Clerk).await;
        let mut other = signed_in(&site, "wang").await;
        let page = add(&mut other, &device, "电脑", PASSWORD).await;
        assert!(page.text().contains("以前已经添加过"), "{}", page.text());
        // Either way goes by itself; the other one stays.
        let page = owner.post_form("/accounts/factor/removal", &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        let mut again = visitor(&site);
        let page = sign_in(&mut again, "qian").await;
        assert_eq!(page.location(), "/sign-in/code?next=/desk");
        assert_eq!(give(&mut again, &recovery[1]).await.location(), "/desk");
        // And a telephone comes beside it again, without new recovery codes.
        let page = again.get("/accounts/factor?add=telephone").await;
        let code = super::code(&site.app, &super::secret(&page));
        let sealed = hidden(&page, "sealed");
        let fields = [("sealed", sealed.as_str()), ("code", code.as_str())];
        let page = again.post_form("/accounts/factor", &fields).await;
        assert_eq!(page.location(), "/accounts/factor", "{}", page.text());
        let own = again.get("/accounts/factor").await.text();
        assert!(own.contains("还剩 9 个"), "{own}");
    }
}

#[tokio::test]
async fn a_passkey_is_what_the_settings_ask_of_roles_and_administrators_take_it_off() {
    for site in site::both().await {
        let app = App {
            second_factor: [Role::Clerk].into(),
            ..at(&site, ORIGIN)
        };
        let clerk = account(&site, "wang", Role::Clerk).await;
        let mut owner = site.visitor_of(jianjia_web::site(app));
        sign_in(&mut owner, "wang").await;
        assert_eq!(owner.get("/desk").await.location(), "/accounts/factor");
        let page = add(&mut owner, &Device::new(7), "电脑", PASSWORD).await;
        assert_eq!(recovery_codes(&page).len(), 10);
        assert_eq!(owner.get("/desk").await.status, StatusCode::OK);
        let own = owner.get("/accounts/factor").await;
        let fields = [("passkey", hidden_id(&own))];
        let fields = fields.each_ref().map(|(name, id)| (*name, id.as_str()));
        let removal = "/accounts/factor/passkeys/removal";
        let page = owner.post_form(removal, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("不能停用"), "{}", page.text());

        let at_city = [(Role::Administrator, &site.city)];
        let mut admin = site.sign_in_as("李管理", &at_city).await;
        let address = format!("/accounts/{}", clerk.account);
        let page = admin.get(&address).await.text();
        assert!(page.contains("解除两步验证"), "{page}");
        let page = admin.post_form(&format!("{address}/factor"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        let mut owner = visitor(&site);
        let page = sign_in(&mut owner, "wang").await;
        assert_eq!(page.location(), "/accounts/notices?next=/desk");
        // The device can be added anew.
        let page = add(&mut owner, &Device::new(7), "电脑", PASSWORD).await;
        assert_eq!(recovery_codes(&page).len(), 10);
    }
}

#[tokio::test]
async fn passkeys_are_offered_at_the_address_of_the_settings_alone() {
    for site in site::both().await {
        account(&site, "qian", Role::Approver).await;
        for (address, told, words) in [
            ("", false, ""),
            ("https://192.0.2.7", false, ""),
            ("http://jianjia.test", false, ""),
            (
                "https://jianjia.example",
                true,
                "从 https://jianjia.example 打开",
            ),
            (ORIGIN, true, "给它起个名字"),
        ] {
            let web = jianjia_web::site(at(&site, address));
            let mut client = site.visitor_of(web);
            sign_in(&mut client, "qian").await;
            let page = client.get("/accounts/factor").await;
            assert_eq!(page.text().contains("通行密钥存在"), told, "{address}");
            assert!(page.text().contains(words), "{address}: {}", page.text());
            let page = client.post_form(OFFER, &[]).await;
            if told {
                let options = parsed(&page.body);
                let host = address.trim_start_matches("https://");
                assert_eq!(options["rp"]["id"], host);
                assert_eq!(options["attestation"], "none");
            } else {
                assert!(
                    page.text().contains("没有设置可以使用通行密钥的访问地址"),
                    "{address}: {}",
                    page.text()
                );
            }
        }
        // The demo is at home on this machine.
        let app = App {
            is_demo: true,
            ..site.app.clone()
        };
        let mut client = site.visitor_of(jianjia_web::site(app));
        sign_in(&mut client, "qian").await;
        let page = client.get("/accounts/factor").await;
        assert!(
            page.text().contains("从 http://localhost 打开"),
            "{}",
            page.text()
        );
    }
}
