//! A passkey in the real browser: a device of its own making (Chromium's virtual authenticator) is added, then signs in and proves anew.

use std::sync::{Arc, atomic::Ordering};

use jianjia_app::core::{app::App, clock::Clock, post::Post};
use jianjia_demo::testing::city;
use jianjia_domain::core::{place::UnitKind, policy::Role};
use jianjia_store::testing;
use jiff::civil::date;
use serde_json::json;

use crate::browser::{free_port, serve_on, with_browser_at};

const PASSWORD: &str = "umbrella quartz noodle";

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_passkey_is_added_and_signs_in() {
    let city = city(testing::sqlite().await, date(2016, 10, 20));
    let top = city.unit(None, UnitKind::City, "常州市总工会").await;
    let roles = [(Role::Administrator, &top)];
    city.account("qian", PASSWORD, "钱主任", None, &roles).await;
    let clerk = city
        .account("wang", PASSWORD, "王芳", None, &[(Role::Clerk, &top)])
        .await;
    let (listener, port) = free_port().await;
    // Browsers take no passkeys at an address by number.
    let address = format!("http://localhost:{port}");
    let post = Post {
        address: address.clone(),
        ..Post::default()
    };
    let app = App {
        post: Arc::new(post),
        ..city.app.clone()
    };
    serve_on(listener, jianjia_web::site(app.clone()));
    with_browser_at("passkey", address, |browser| async move {
        browser
            .extension(
                "webauthn/authenticator",
                json!({
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": true,
                    "hasUserVerification": true,
                    "isUserVerified": true,
                    "isUserConsenting": true,
                }),
            )
            .await;
        browser.sign_in("qian", PASSWORD).await;
        browser.open("/accounts/factor").await;
        browser.fill("给它起个名字", "办公室电脑").await;
        browser.fill("passkey_password", "not it").await;
        browser.picture("01-offered").await;
        browser.click("添加通行密钥").await;
        browser.sees("原密码不对").await;
        // What the device made is still there: only the password is typed again.
        assert_eq!(browser.value("给它起个名字").await, "办公室电脑");
        browser.fill("passkey_password", PASSWORD).await;
        browser.click("添加通行密钥").await;
        browser.sees("恢复码只显示这一次").await;
        browser.picture("02-recovery-codes").await;
        browser.click("已经保存，继续").await;
        browser.open("/accounts/factor").await;
        browser.sees("办公室电脑").await;
        browser.sees("还没有用过").await;
        browser.picture("03-own").await;
        browser.sign_out().await;

        browser.open("/sign-in").await;
        browser.fill("用户名", "qian").await;
        browser.fill("密码", PASSWORD).await;
        browser.click_in("main", "登录").await;
        browser.sees("请再用通行密钥验证").await;
        browser.picture("04-after-the-password").await;
        browser.click("用通行密钥验证").await;
        browser.sees("退出").await;
        assert_eq!(browser.path().await, "/desk");

        // Anew: the act asks, and what was sent goes on by itself.
        let Clock::Set(clock) = &app.clock else {
            panic!("a test's clock is set");
        };
        clock.fetch_add(11 * 60 * 1_000_000, Ordering::Relaxed);
        browser.open(&format!("/accounts/{}", clerk.account)).await;
        browser.click("停用账号").await;
        browser.sees("再验证一次").await;
        browser.picture("05-anew").await;
        // A code that was wrong is not put back, and nobody is told that it was.
        browser.fill("恢复码", "12345").await;
        browser.click("确认并继续办理").await;
        browser.sees("没有启用手机验证码").await;
        browser.does_not_see("已经替您填回来了").await;
        assert_eq!(browser.value("恢复码").await, "");
        browser.click("用通行密钥验证").await;
        browser.sees("恢复账号").await;
    })
    .await;
}
