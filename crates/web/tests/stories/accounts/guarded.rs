//! Accounts that decide: what of theirs takes two administrators.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use super::{create, once, sign_in};
use crate::site::{self, Page};

/// The account of the request that waits, as it stands in the address of its forms.
fn request(page: &Page) -> String {
    let (_, rest) = page
        .body
        .split_once("action=\"/accounts/requests/")
        .unwrap_or_else(|| panic!("a request: {}", page.text()));
    rest.split('/').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_account_without_a_role_is_locked_and_stays_in_the_city_s_sight() {
    for site in site::both().await {
        let clerk = site
            .city_of_tests
            .actor("王芳", &[(Role::Clerk, &site.union)])
            .await;
        let mut clerk_client = site.client_of(&clerk).await;
        let mut district = site
            .sign_in_as("李管理", &[(Role::Administrator, &site.district)])
            .await;
        let mut city = site
            .sign_in_as("钱管理", &[(Role::Administrator, &site.city)])
            .await;
        let account = format!("/accounts/{}", clerk.account);
        let union = site.union.id.to_string();
        let page = district
            .post_form(
                &format!("{account}/roles/removal"),
                &[("unit", &union), ("role", "clerk")],
            )
            .await;
        assert_eq!(page.location(), "/accounts", "out of the district's sight");
        assert_eq!(district.get(&account).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            clerk_client.get("/desk").await.status,
            StatusCode::SEE_OTHER,
            "signed out"
        );
        let mut again = site.client_of(&clerk).await;
        assert_eq!(
            again.get("/desk").await.status,
            StatusCode::SEE_OTHER,
            "and locked"
        );
        let listed = city.get("/accounts").await.text();
        assert!(listed.contains("王芳"), "{listed}");
        assert!(listed.contains("没有角色\n已停用"), "{listed}");
        let page = city.post_form(&format!("{account}/unlock"), &[]).await;
        assert!(
            page.text().contains("没有角色的账号不能恢复"),
            "{}",
            page.text()
        );
        city.post_form(
            &format!("{account}/roles"),
            &[("unit", "长江纺织厂工会"), ("role", "clerk")],
        )
        .await;
        city.post_form(&format!("{account}/unlock"), &[]).await;
        let mut again = site.client_of(&clerk).await;
        assert_eq!(again.get("/desk").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn nobody_becomes_an_approver_without_a_second_administrator() {
    for site in site::both().await {
        let make = &site.city_of_tests;
        let at_city = [(Role::Administrator, &site.city)];
        let first = make.actor("李管理", &at_city).await;
        let mut admin = site.client_of(&first).await;
        let own = format!("/accounts/{}/roles", first.account);
        let approver = [("unit", "常州市总工会"), ("role", "approver")];
        for role in ["approver", "auditor", "clerk"] {
            let page = admin
                .post_form(&own, &[("unit", "常州市总工会"), ("role", role)])
                .await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{role}");
            assert!(page.text().contains("本人的账号"), "{}", page.text());
        }
        // An account of the own making does not become one either: it waits, locked, with half a password.
        let page = create(&mut admin, "wang.fang", "常州市总工会", "approver").await;
        let first_half = once(&page);
        assert!(
            page.text().contains("等另一位管理员确认"),
            "{}",
            page.text()
        );
        let mut owner = site.visitor();
        let refused = sign_in(&mut owner, "wang.fang", &first_half).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = admin.get("/accounts").await;
        assert!(
            page.text().contains("增加角色\n：审批人\n常州市总工会"),
            "{}",
            page.text()
        );
        assert!(!page.body.contains("/confirmation"), "not by the proposer");
        let address = format!("/accounts/requests/{}/confirmation", request(&page));
        let page = admin.post_form(&address, &[]).await;
        assert!(page.text().contains("这件事是您提出的"), "{}", page.text());
        // Nor by somebody who administers less.
        let mut district = site
            .sign_in_as("区管理", &[(Role::Administrator, &site.district)])
            .await;
        let page = district.post_form(&address, &[]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);

        let second = make.actor("钱管理", &at_city).await;
        let mut confirming = site.client_of(&second).await;
        let page = confirming.post_form(&address, &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let second_half = once(&page);
        for half in [&first_half, &second_half] {
            let refused = sign_in(&mut owner, "wang.fang", half).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let whole = format!("{first_half}-{second_half}");
        let page = sign_in(&mut owner, "wang.fang", &whole).await;
        assert!(page.location().starts_with("/accounts/notices"));
        let page = owner.get("/accounts/password").await;
        assert!(page.text().contains("至少 12 个字符"), "{}", page.text());
        assert!(
            page.text().contains("李管理、钱管理 重置了您的密码。"),
            "{}",
            page.text()
        );
        // Twice is once.
        let page = confirming.post_form(&address, &[]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        // The same for an account that is there already; refused, it comes to nothing.
        let clerk = make.actor("赵", &[(Role::Clerk, &site.union)]).await;
        let roles = format!("/accounts/{}/roles", clerk.account);
        admin.post_form(&roles, &approver).await;
        let page = admin.post_form(&roles, &approver).await;
        assert!(
            page.text().contains("同样的事已经有人提出"),
            "{}",
            page.text()
        );
        let waiting = confirming.get("/accounts").await;
        let address = format!("/accounts/requests/{}/refusal", request(&waiting));
        confirming.post_form(&address, &[]).await;
        let text = confirming
            .get(&format!("/accounts/{}", clerk.account))
            .await
            .text();
        assert!(!text.contains("等另一位管理员确认\n"), "{text}");
        assert!(!text.contains("审批人\n常州市总工会"), "{text}");
        let mut auditor = site
            .sign_in_as("周审计", &[(Role::Auditor, &site.city)])
            .await;
        for act in [
            "propose-for-account",
            "confirm-for-account",
            "refuse-for-account",
        ] {
            let page = auditor.get(&format!("/audit?act={act}")).await;
            assert!(page.text().contains("管理"), "{act}: {}", page.text());
        }
    }
}

#[tokio::test]
async fn an_approver_s_password_and_lock_take_two_administrators() {
    for site in site::both().await {
        let make = &site.city_of_tests;
        let owner = make
            .account(
                "sun.li",
                "pear tree bicycle",
                "孙丽",
                None,
                &[(Role::Approver, &site.city)],
            )
            .await;
        let at_city = [(Role::Administrator, &site.city)];
        let first = make.actor("李管理", &at_city).await;
        let mut admin = site.client_of(&first).await;
        let mut second = site.client_of(&make.actor("钱管理", &at_city).await).await;
        let account = format!("/accounts/{}", owner.account);
        let page = admin.post_form(&format!("{account}/password"), &[]).await;
        let first_half = once(&page);
        // Until it is confirmed, all is as it was.
        let mut client = site.visitor();
        let page = sign_in(&mut client, "sun.li", "pear tree bicycle").await;
        assert_eq!(page.location(), "/desk");
        let waiting = second.get(&account).await;
        let address = format!("/accounts/requests/{}/confirmation", request(&waiting));
        let second_half = once(&second.post_form(&address, &[]).await);
        assert_eq!(client.get("/desk").await.status, StatusCode::SEE_OTHER);
        let whole = format!("{first_half}-{second_half}");
        let page = sign_in(&mut client, "sun.li", &whole).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        // Locking takes one, unlocking two; who proposed it must still be an administrator.
        admin.post_form(&format!("{account}/lock"), &[]).await;
        admin.post_form(&format!("{account}/unlock"), &[]).await;
        let waiting = second.get(&account).await;
        assert!(waiting.text().contains("已停用"), "{}", waiting.text());
        let address = format!("/accounts/requests/{}/confirmation", request(&waiting));
        let city = site.city.id.to_string();
        second
            .post_form(
                &format!("/accounts/{}/roles/removal", first.account),
                &[("unit", &city), ("role", "administrator")],
            )
            .await;
        let page = second.post_form(&address, &[]).await;
        assert!(
            page.text().contains("提出的人已经不能办理"),
            "{}",
            page.text()
        );
    }
}

#[tokio::test]
async fn a_role_that_decides_begins_with_a_password_that_nobody_knew_alone() {
    for site in site::both().await {
        let make = &site.city_of_tests;
        let owner = make
            .account(
                "sun.li",
                "pear tree bicycle",
                "孙丽",
                None,
                &[(Role::Clerk, &site.union)],
            )
            .await;
        let at_city = [(Role::Administrator, &site.city)];
        let mut admin = site.client_of(&make.actor("李管理", &at_city).await).await;
        let mut second = site.client_of(&make.actor("钱管理", &at_city).await).await;
        let account = format!("/accounts/{}", owner.account);
        // One administrator gets into the clerk's account alone, and then has it made the city's approver.
        let known = once(&admin.post_form(&format!("{account}/password"), &[]).await);
        let mut intruder = site.visitor();
        sign_in(&mut intruder, "sun.li", &known).await;
        admin
            .post_form(
                &format!("{account}/roles"),
                &[("unit", "常州市总工会"), ("role", "approver")],
            )
            .await;
        let address = format!(
            "/accounts/requests/{}/confirmation",
            request(&second.get(&account).await)
        );
        second.post_form(&address, &[]).await;
        let page = intruder.get("/accounts/password").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "the session has ended");
        let page = sign_in(&mut intruder, "sun.li", &known).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
