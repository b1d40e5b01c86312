//! What somebody wants by mail and text message, and what administrators see of it.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site;

const PASSWORD: &str = "umbrella quartz noodle";

#[tokio::test]
async fn everybody_says_where_they_are_reached_and_what_for() {
    for site in site::both().await {
        let roles = [(Role::Clerk, &site.union)];
        let owner = site
            .city_of_tests
            .account("wang", PASSWORD, "王芳", None, &roles)
            .await;
        let mut clerk = site.client_of(&owner).await;
        let page = clerk.get("/accounts/post").await;
        assert!(
            page.text().contains("平台还没有开通邮件和短信"),
            "{}",
            page.text()
        );
        let wrong = [
            ("mail", "wang"),
            ("telephone", "0519"),
            ("mail_wish", "urgent"),
        ];
        let wrong = clerk.post_form("/accounts/post", &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.text().contains("这不是电子邮箱地址") && wrong.text().contains("这不是手机号码")
        );
        assert!(wrong.body.contains("value=\"wang\""));
        let mut said = vec![
            ("mail", "wang@example.com"),
            ("telephone", "138 0000 0001"),
            ("mail_wish", "urgent"),
            ("telephone_wish", "nothing"),
        ];
        // A session that was left open takes no account with it.
        let refused = clerk.post_form("/accounts/post", &said).await;
        assert!(refused.text().contains("原密码不对"), "{}", refused.text());
        said.push(("password", PASSWORD));
        let saved = clerk.post_form("/accounts/post", &said).await;
        assert_eq!(saved.location(), "/accounts/post");
        let page = clerk.get("/accounts/post").await;
        for part in [
            "value=\"wang@example.com\"",
            "value=\"13800000001\"",
            "name=\"mail_wish\" value=\"urgent\" checked",
            "name=\"telephone_wish\" value=\"nothing\" checked",
        ] {
            assert!(page.body.contains(part), "{part}");
        }
        // The trail says that it was changed, and not to what.
        let mut auditor = site
            .sign_in_as("审计", &[(Role::Auditor, &site.city)])
            .await;
        let trail = auditor.get("/audit").await;
        assert!(trail.text().contains("登记手机和邮箱"), "{}", trail.text());
        assert!(
            !trail.text().contains("wang@example.com"),
            "{}",
            trail.text()
        );
        let mut administrator = site
            .sign_in_as("市管理员", &[(Role::Administrator, &site.city)])
            .await;
        let post = administrator.get("/post").await;
        assert!(
            post.text().contains("还没有设置邮件服务器和短信网关"),
            "{}",
            post.text()
        );
        assert_eq!(clerk.get("/post").await.status, StatusCode::NOT_FOUND);
        administrator
            .cookies
            .insert("lang".to_owned(), "en".to_owned());
        let text = administrator.get("/post").await.text();
        assert!(text.contains("Nothing to send yet"), "{text}");
    }
}
