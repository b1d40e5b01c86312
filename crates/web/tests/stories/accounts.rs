//! Accounts: an administrator rules the own units' and nobody else's.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site::{self, Client, Page};

/// The page's one-time password.
fn once(page: &Page) -> String {
    let (_, rest) = page
        .body
        .split_once("class=\"secret\">")
        .expect("a one-time password");
    rest.split('<').next().unwrap_or_default().to_owned()
}

async fn create(client: &mut Client, login: &str, unit: &str, role: &str) -> Page {
    client
        .post_form(
            "/accounts",
            &[
                ("login", login),
                ("name", "王芳"),
                ("unit", unit),
                ("role", role),
            ],
        )
        .await
}

async fn sign_in(client: &mut Client, login: &str, password: &str) -> Page {
    client
        .post_form("/sign-in", &[("login", login), ("password", password)])
        .await
}

#[tokio::test]
async fn an_administrator_makes_an_account_whose_owner_must_choose_a_password_first() {
    for site in site::both().await {
        let mut admin = site
            .sign_in_as("李管理", &[(Role::Administrator, &site.district)])
            .await;
        let page = create(&mut admin, "Wang.Fang", "长江纺织厂工会", "clerk").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let once = once(&page);
        let listed = admin.get("/accounts?q=wang").await;
        assert!(
            listed
                .text()
                .contains("王芳\nwang.fang\n经办人\n长江纺织厂工会\n正常\n待改密码"),
            "{}",
            listed.text()
        );
        assert!(!listed.body.contains(&once));

        let mut owner = site.visitor();
        assert_eq!(
            sign_in(&mut owner, "wang.fang", &once).await.location(),
            "/desk"
        );
        let page = owner.get("/desk").await;
        assert_eq!(page.location(), "/accounts/password");
        assert!(
            owner
                .get("/accounts/password")
                .await
                .text()
                .contains("一次性密码")
        );
        let change = |current: &str, chosen: &str, again: &str| {
            [
                ("current", current.to_owned()),
                ("chosen", chosen.to_owned()),
                ("again", again.to_owned()),
            ]
        };
        for (typed, sentence) in [
            (
                change("wrong", "pear tree bicycle", "pear tree bicycle"),
                "原密码不对",
            ),
            (change(&once, "short", "short"), "密码至少 10 个字符"),
            (
                change(&once, "Wang.Fang2016", "Wang.Fang2016"),
                "这个密码太容易猜到",
            ),
            (
                change(&once, "changjiangfangzhi", "changjiangfangzhi"),
                "这个密码太容易猜到",
            ),
            (change(&once, &once, &once), "新密码和原密码一样"),
            (
                change(&once, "pear tree bicycle", "pear tree bycicle"),
                "两次输入的新密码不一样",
            ),
        ] {
            let fields: Vec<(&str, &str)> = typed
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let page = owner.post_form("/accounts/password", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.text().contains(sentence), "{}", page.text());
        }
        let begun_with = owner.cookies["session"].clone();
        let mut elsewhere = site.visitor();
        sign_in(&mut elsewhere, "wang.fang", &once).await;
        let page = owner
            .post_form(
                "/accounts/password",
                &[
                    ("current", &once),
                    ("chosen", "pear tree bicycle"),
                    ("again", "pear tree bicycle"),
                ],
            )
            .await;
        assert_eq!(page.location(), "/desk");
        assert_ne!(
            owner.cookies["session"], begun_with,
            "the session has begun anew"
        );
        let desk = owner.get("/desk").await;
        assert!(desk.text().contains("密码已经修改"), "{}", desk.text());
        assert!(desk.text().contains("王芳，您好"));
        assert!(
            !owner.get("/desk").await.text().contains("密码已经修改"),
            "said once"
        );
        assert_eq!(
            elsewhere.get("/accounts/password").await.location(),
            "/sign-in?next=/accounts/password"
        );
        let mut later = site.visitor();
        assert_eq!(
            sign_in(&mut later, "wang.fang", &once).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            sign_in(&mut later, "wang.fang", "pear tree bicycle")
                .await
                .location(),
            "/desk"
        );
    }
}

#[tokio::test]
async fn a_form_that_can_t_be_taken_comes_back_with_a_sentence_at_each_field() {
    for site in site::both().await {
        let mut admin = site
            .sign_in_as("李管理", &[(Role::Administrator, &site.district)])
            .await;
        let page = admin
            .post_form(
                "/accounts",
                &[
                    ("login", "王"),
                    ("name", " "),
                    ("unit", "钟楼机床厂工会"),
                    ("role", "king"),
                ],
            )
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for (field, sentence) in [
            ("login", "用户名要有 3 到 40 个字符"),
            ("name", "请填写姓名"),
            ("unit", "在您的管理范围内没有找到这个工会"),
            ("role", "请选择一个角色"),
        ] {
            assert!(
                page.body
                    .contains(&format!("<a href=\"#{field}\">{sentence}")),
                "{field} in the summary"
            );
            assert!(
                page.body
                    .contains(&format!("id=\"{field}-error\">{sentence}")),
                "{field} at its place"
            );
        }
        assert!(
            page.body.contains("value=\"钟楼机床厂工会\""),
            "what was typed stays"
        );
        create(&mut admin, "wang.fang", "长江纺织厂工会", "clerk").await;
        let page = create(&mut admin, "wang.fang", "红梅食品厂工会", "clerk").await;
        assert!(page.text().contains("这个用户名已经有人用了"));
    }
}

#[tokio::test]
async fn an_administrator_locks_and_resets_only_what_is_wholly_within_the_own_units() {
    for site in site::both().await {
        let make = &site.city_of_tests;
        let inside = make.actor("内", &[(Role::Clerk, &site.union)]).await;
        let wider = make
            .actor(
                "宽",
                &[(Role::Clerk, &site.union), (Role::Approver, &site.city)],
            )
            .await;
        let outside = make.actor("外", &[(Role::Chair, &site.other_union)]).await;
        let mut admin = site
            .sign_in_as("李管理", &[(Role::Administrator, &site.district)])
            .await;
        for act in ["lock", "unlock", "password"] {
            let at = |id| format!("/accounts/{id}/{act}");
            let page = admin.post_form(&at(outside.account), &[]).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{act} outside");
            let page = admin.post_form(&at(wider.account), &[]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{act} wider");
            assert!(page.text().contains("在您管理范围以外还有角色"));
        }
        let mut clerk = site.client_of(&inside).await;
        assert_eq!(clerk.get("/desk").await.status, StatusCode::OK);
        let page = admin
            .post_form(&format!("/accounts/{}/lock", inside.account), &[])
            .await;
        assert_eq!(page.location(), format!("/accounts/{}", inside.account));
        assert_eq!(
            clerk.get("/desk").await.status,
            StatusCode::SEE_OTHER,
            "locked out at once"
        );
        let mut clerk = site.client_of(&inside).await;
        assert_eq!(
            clerk.get("/desk").await.status,
            StatusCode::SEE_OTHER,
            "even with a session"
        );
        admin
            .post_form(&format!("/accounts/{}/unlock", inside.account), &[])
            .await;
        assert_eq!(
            clerk.get("/desk").await.status,
            StatusCode::SEE_OTHER,
            "a session from before stays ended"
        );
        let mut clerk = site.client_of(&inside).await;
        assert_eq!(clerk.get("/desk").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn roles_are_given_and_taken_and_nobody_gives_up_the_own_administration() {
    for site in site::both().await {
        let admin_actor = site
            .city_of_tests
            .actor("李管理", &[(Role::Administrator, &site.district)])
            .await;
        let clerk = site
            .city_of_tests
            .actor("王芳", &[(Role::Clerk, &site.union)])
            .await;
        let mut admin = site.client_of(&admin_actor).await;
        let account = format!("/accounts/{}", clerk.account);
        let give = |unit: &'static str| [("unit", unit), ("role", "chair")];
        let page = admin
            .post_form(&format!("{account}/roles"), &give("红梅食品厂工会"))
            .await;
        assert_eq!(page.location(), account);
        let page = admin
            .post_form(&format!("{account}/roles"), &give("常州市总工会"))
            .await;
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "not above the own unit"
        );
        let text = admin.get(&account).await.text();
        assert!(
            text.contains("经办人\n长江纺织厂工会\n取消角色\n工会主席\n红梅食品厂工会\n取消角色"),
            "{text}"
        );
        let union = site.union.id.to_string();
        admin
            .post_form(
                &format!("{account}/roles/removal"),
                &[("unit", &union), ("role", "clerk")],
            )
            .await;
        let text = admin.get(&account).await.text();
        assert!(!text.contains("经办人\n长江纺织厂工会"), "{text}");
        let district = site.district.id.to_string();
        let page = admin
            .post_form(
                &format!("/accounts/{}/roles/removal", admin_actor.account),
                &[("unit", &district), ("role", "administrator")],
            )
            .await;
        assert!(
            page.text().contains("也不能给自己增加或取消角色"),
            "{}",
            page.text()
        );
    }
}

#[tokio::test]
async fn what_an_administrator_does_stands_in_the_trail() {
    for site in site::both().await {
        let mut admin = site
            .sign_in_as("李管理", &[(Role::Administrator, &site.district)])
            .await;
        create(&mut admin, "wang.fang", "长江纺织厂工会", "clerk").await;
        let mut auditor = site
            .sign_in_as("周审计", &[(Role::Auditor, &site.city)])
            .await;
        let page = auditor.get("/audit?act=create-account").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("李管理"), "{}", page.text());
    }
}

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

#[tokio::test]
async fn the_owner_of_a_reset_account_is_told_until_it_is_read() {
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
        let mut admin = site
            .sign_in_as("李管理", &[(Role::Administrator, &site.district)])
            .await;
        let account = format!("/accounts/{}", owner.account);
        let once = once(&admin.post_form(&format!("{account}/password"), &[]).await);
        admin
            .post_form(
                &format!("{account}/roles"),
                &[("unit", "红梅食品厂工会"), ("role", "chair")],
            )
            .await;
        let mut client = site.visitor();
        sign_in(&mut client, "sun.li", &once).await;
        let page = client.get("/accounts/password").await;
        assert!(
            page.text()
                .contains("李管理 重置了您的密码。\n2016-10-20 09:00"),
            "{}",
            page.text()
        );
        let chosen = "umbrella quartz noodle";
        let page = client
            .post_form(
                "/accounts/password",
                &[("current", &once), ("chosen", chosen), ("again", chosen)],
            )
            .await;
        assert_eq!(page.location(), "/accounts/notices?next=/desk");
        // Not read, it is there again after the next sign-in, and on every page.
        let mut client = site.visitor();
        let page = client
            .post_form(
                "/sign-in",
                &[
                    ("login", "sun.li"),
                    ("password", chosen),
                    ("next", "/units"),
                ],
            )
            .await;
        assert_eq!(page.location(), "/accounts/notices?next=/units");
        assert!(
            client
                .get("/desk")
                .await
                .text()
                .contains("别人动过您的账号")
        );
        let page = client.get(&page.location()).await;
        assert!(
            page.text()
                .contains("李管理 给您增加了角色：工会主席（红梅食品厂工会）。"),
            "{}",
            page.text()
        );
        let (_, rest) = page.body.split_once("name=\"last\" value=\"").unwrap();
        let last = rest.split('"').next().unwrap().to_owned();
        let page = client
            .post_form("/accounts/notices", &[("last", &last), ("next", "/units")])
            .await;
        assert_eq!(page.location(), "/units");
        assert!(
            !client
                .get("/desk")
                .await
                .text()
                .contains("别人动过您的账号")
        );
        // Read ones stay to be seen: whoever got in can't make them disappear.
        let page = client.get("/accounts/notices").await;
        assert!(page.text().contains("李管理 重置了您的密码。"));
        let page = sign_in(&mut site.visitor(), "sun.li", chosen).await;
        assert_eq!(page.location(), "/desk");
    }
}

#[tokio::test]
async fn wrong_current_passwords_are_counted_and_known_browsers_forgotten() {
    for site in site::both().await {
        site.city_of_tests
            .account(
                "sun.li",
                "pear tree bicycle",
                "孙丽",
                None,
                &[(Role::Clerk, &site.union)],
            )
            .await;
        let mut elsewhere = site.visitor();
        sign_in(&mut elsewhere, "sun.li", "pear tree bicycle").await;
        let mut client = site.visitor();
        sign_in(&mut client, "sun.li", "pear tree bicycle").await;
        let chosen = "umbrella quartz noodle";
        let change = async |client: &mut Client, current: &str| {
            client.get("/accounts/password").await;
            client
                .post_form(
                    "/accounts/password",
                    &[("current", current), ("chosen", chosen), ("again", chosen)],
                )
                .await
        };
        change(&mut client, "pear tree bicycle").await;
        for _ in 0..5 {
            let page = change(&mut client, "a guess").await;
            assert!(page.text().contains("原密码不对"), "{}", page.text());
        }
        let page = change(&mut client, chosen).await;
        assert!(page.text().contains("请 1 分钟后再试"), "{}", page.text());
        // The other browser was known with the password before; strangers keep it out now.
        for _ in 0..6 {
            sign_in(&mut site.visitor(), "sun.li", "x").await;
        }
        elsewhere.get("/settings").await;
        let page = sign_in(&mut elsewhere, "sun.li", chosen).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        client.get("/settings").await;
        let page = sign_in(&mut client, "sun.li", chosen).await;
        assert_eq!(page.location(), "/desk");
    }
}
