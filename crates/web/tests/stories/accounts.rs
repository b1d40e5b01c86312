//! Accounts: an administrator rules the own units' and nobody else's.

mod guarded;

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
            ("login", "用户名可以是姓名、手机号、信用代码或字母数字"),
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
        assert!(page.text().contains("已经有人用了，可能是同名的人"));
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
        assert!(client.get("/desk").await.text().contains("您的账号有变动"));
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
        assert!(!client.get("/desk").await.text().contains("您的账号有变动"));
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
