//! Access tokens: programs read with them what their owner sees, as long as they hold.

use axum::http::StatusCode;
use jianjia_domain::core::policy::{Actor, Role};
use jiff::civil::date;

use crate::site::{self, Client, Page, TestSite};

const PASSWORD: &str = "umbrella quartz noodle";

/// A reviewer of the district, signed in.
async fn reviewer(site: &TestSite) -> (Actor, Client) {
    let roles = [(Role::Reviewer, &site.district)];
    let actor = site
        .city_of_tests
        .account("sun", PASSWORD, "孙审核", None, &roles)
        .await;
    let client = site.client_of(&actor).await;
    (actor, client)
}

async fn make(client: &mut Client, name: &str, password: &str) -> Page {
    make_for(client, name, password, &["read"]).await
}

async fn make_for(client: &mut Client, name: &str, password: &str, scopes: &[&str]) -> Page {
    let mut fields = vec![("name", name), ("days", "90"), ("password", password)];
    fields.extend(scopes.iter().map(|scope| ("scopes", *scope)));
    client.get("/accounts/tokens").await;
    client.post_form("/accounts/tokens", &fields).await
}

fn secret(page: &Page) -> String {
    let (_, rest) = page
        .body
        .split_once("secret-groups\">")
        .unwrap_or_else(|| panic!("a token: {}", page.text()));
    rest.split('<').next().unwrap_or_default().to_owned()
}

fn token_id(page: &Page) -> String {
    let (_, rest) = page
        .body
        .split_once("name=\"token\" value=\"")
        .unwrap_or_else(|| panic!("a token: {}", page.text()));
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn status(site: &TestSite, token: &str) -> StatusCode {
    let mut program = site.visitor();
    program.get_bearing("/api/v1/units", token).await.status
}

#[tokio::test]
async fn a_program_reads_what_the_owner_of_its_token_sees() {
    for site in site::both().await {
        let (_, mut owner) = reviewer(&site).await;
        let page = make(&mut owner, "报表程序", "not it").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("原密码不对"), "{}", page.text());
        assert!(
            page.body.contains("value=\"报表程序\""),
            "what was typed stays"
        );
        let token = secret(&make(&mut owner, "报表程序", PASSWORD).await);
        assert!(token.starts_with("jianjia_") && token.len() == 72);
        let listed = owner.get("/accounts/tokens").await;
        assert!(listed.text().contains("还没有用过"), "{}", listed.text());
        assert!(!listed.body.contains(&token), "shown once");

        let mut program = site.visitor();
        let page = program.get_bearing("/api/v1/units", &token).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.header("cache-control"), "no-store");
        let read: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        let names: Vec<&str> = read["units"]
            .as_array()
            .unwrap()
            .iter()
            .map(|unit| unit["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "天宁区总工会",
                "红梅街道总工会",
                "长江纺织厂工会",
                "长江纺织厂细纱车间分工会",
                "红梅食品厂工会"
            ],
            "nothing of the other district"
        );
        let page = program.get_bearing("/api/v1/applications", &token).await;
        let read: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!((&read["year"], &read["total"]), (&2016.into(), &0.into()));
        let listed = owner.get("/accounts/tokens").await.text();
        assert!(listed.contains("最近使用 2016-10-20"), "{listed}");

        // A session opens this door as little as a token opens a page.
        for address in ["/api/v1/units", "/api/v1/applications"] {
            assert_eq!(owner.get(address).await.status, StatusCode::UNAUTHORIZED);
        }
        let desk = program.get_bearing("/desk", &token).await;
        assert_eq!(desk.location(), "/sign-in?next=/desk");
    }
}

#[tokio::test]
async fn a_token_ends_with_its_day_its_revocation_or_its_account() {
    for site in site::both().await {
        let (actor, mut owner) = reviewer(&site).await;
        let token = secret(&make(&mut owner, "报表程序", PASSWORD).await);
        assert_eq!(status(&site, &token).await, StatusCode::OK);
        for other in ["", "jianjia_", &token[..71]] {
            assert_eq!(status(&site, other).await, StatusCode::UNAUTHORIZED);
        }
        let id = token_id(&owner.get("/accounts/tokens").await);
        let which = [("token", id.as_str())];
        let mut stranger = site
            .sign_in_as("外人", &[(Role::Administrator, &site.other_district)])
            .await;
        let of_account = format!("/accounts/{}/tokens/revocation", actor.account);
        for address in ["/accounts/tokens/revocation", &of_account] {
            let page = stranger.post_form(address, &which).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{address}");
        }
        assert_eq!(status(&site, &token).await, StatusCode::OK);
        let page = owner.post_form("/accounts/tokens/revocation", &which).await;
        assert_eq!(page.location(), "/accounts/tokens");
        assert_eq!(status(&site, &token).await, StatusCode::UNAUTHORIZED);
        let listed = owner.get("/accounts/tokens").await.text();
        assert!(listed.contains("由 孙审核 作废"), "{listed}");

        // By whoever administers the account.
        let second = secret(&make(&mut owner, "另一个", PASSWORD).await);
        let mut admin = site
            .sign_in_as("李管理", &[(Role::Administrator, &site.city)])
            .await;
        let account = format!("/accounts/{}", actor.account);
        let id = token_id(&admin.get(&account).await);
        admin.post_form(&of_account, &[("token", &id)]).await;
        assert_eq!(status(&site, &second).await, StatusCode::UNAUTHORIZED);

        let third = secret(&make(&mut owner, "第三个", PASSWORD).await);
        let fourth = secret(&make(&mut owner, "第四个", PASSWORD).await);
        admin.post_form(&format!("{account}/lock"), &[]).await;
        assert_eq!(status(&site, &third).await, StatusCode::UNAUTHORIZED);
        admin.post_form(&format!("{account}/unlock"), &[]).await;
        assert_eq!(status(&site, &third).await, StatusCode::OK);
        site.app.clock.set(date(2017, 1, 17));
        assert_eq!(status(&site, &fourth).await, StatusCode::OK);
        site.app.clock.set(date(2017, 1, 18));
        assert_eq!(status(&site, &fourth).await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_token_opens_no_more_than_its_scopes_and_those_above_see_and_revoke_it() {
    for site in site::both().await {
        let (actor, mut owner) = reviewer(&site).await;
        let page = make_for(&mut owner, "报表程序", PASSWORD, &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("至少一项"), "{}", page.text());
        let page = make_for(&mut owner, "报表程序", PASSWORD, &["write"]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let token = secret(&make_for(&mut owner, "报表程序", PASSWORD, &["read:units"]).await);
        let listed = owner.get("/accounts/tokens").await.text();
        assert!(listed.contains("工会名册"), "{listed}");
        let mut program = site.visitor();
        let page = program.get_bearing("/api/v1/units", &token).await;
        assert_eq!(page.status, StatusCode::OK);
        let page = program.get_bearing("/api/v1/applications", &token).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert_eq!(
            page.header("www-authenticate"),
            "Bearer error=\"insufficient_scope\", scope=\"read:applications\""
        );
        assert!(page.body.contains("read:applications"), "{}", page.body);
        let other = secret(&make_for(&mut owner, "申报", PASSWORD, &["read:applications"]).await);
        assert_eq!(status(&site, &other).await, StatusCode::FORBIDDEN);
        let page = program.get_bearing("/api/v1/applications", &other).await;
        assert_eq!(page.status, StatusCode::OK);

        let below = "/accounts/tokens/below";
        assert_eq!(owner.get(below).await.status, StatusCode::FORBIDDEN);
        let at = |unit| [(Role::Administrator, unit)];
        let mut stranger = site.sign_in_as("外人", &at(&site.other_district)).await;
        let page = stranger.get(below).await;
        assert!(page.text().contains("没有有效的令牌"), "{}", page.text());
        let mut admin = site.sign_in_as("李管理", &at(&site.city)).await;
        let page = admin.get(below).await;
        let text = page.text();
        for words in ["共 2 个令牌", "报表程序", "申报", "孙审核", "天宁区总工会"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        // The newest stands first.
        let id = token_id(&page);
        let revocation = format!("/accounts/{}/tokens/revocation", actor.account);
        admin.post_form(&revocation, &[("token", &id)]).await;
        let page = program.get_bearing("/api/v1/applications", &other).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(admin.get(below).await.text().contains("共 1 个令牌"));
    }
}
