//! The frame around every page: language, large type, headers, explanations.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site;

#[tokio::test]
async fn language_and_large_type_are_one_click_and_remembered() {
    for site in site::both().await {
        let mut client = site.visitor();
        let page = client.get("/sign-in").await;
        assert!(page.body.contains("<html lang=\"zh-CN\">"));
        let page = client
            .post_form("/settings", &[("language", "en"), ("next", "/sign-in")])
            .await;
        assert_eq!(page.location(), "/sign-in");
        client
            .post_form("/settings", &[("type", "large"), ("next", "/sign-in")])
            .await;
        let page = client.get("/sign-in").await;
        assert!(page.body.contains("<html lang=\"en\" class=\"large\">"));
        assert!(page.text().contains("Sign in"), "{}", page.text());
    }
}

/// In a form with several buttons the Enter key presses the first. What is typed there must not be taken for another act.
#[test]
fn the_enter_key_presses_what_is_meant_in_every_form_with_several_buttons() {
    let mut templates = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                templates.push(path);
            }
        }
    }
    let typed = [
        "field::text(",
        "field::number(",
        "field::date(",
        "ask::field(",
    ];
    let mut looked_at = 0;
    for path in templates {
        let template = std::fs::read_to_string(&path).expect("a template");
        for form in template.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let mut inputs = form.split("<input").skip(1);
            let takes_words = typed.iter().any(|field| form.contains(field))
                || inputs.any(|input| !input.starts_with(" type=\"hidden\""));
            let buttons: Vec<&str> = form.split("<button").skip(1).collect();
            if !takes_words || buttons.len() < 2 {
                continue;
            }
            looked_at += 1;
            let before = form.split("<button").next().unwrap_or_default();
            let first = buttons[0].split('>').next().unwrap_or_default();
            let is_meant = before.contains("enter::presses(")
                || first.contains("hide-visually")
                || first.contains("button-primary")
                || !(first.contains("name=") || first.contains("formaction="));
            assert!(is_meant, "{}: <button{first}>", path.display());
        }
    }
    assert!(looked_at >= 5, "{looked_at}");
}

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    for site in site::both().await {
        let mut client = site.visitor();
        for path in ["/sign-in", "/not-there", "/assets/0/style.css"] {
            let page = client.get(path).await;
            assert_eq!(
                [
                    "content-security-policy",
                    "x-content-type-options",
                    "referrer-policy",
                    "x-frame-options"
                ]
                .map(|name| page.header(name)),
                [
                    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; worker-src 'none'",
                    "nosniff",
                    "same-origin",
                    "DENY"
                ],
                "{path}"
            );
        }
        let page = client.get("/sign-in").await;
        let (_, style) = page.body.split_once("rel=\"stylesheet\" href=\"").unwrap();
        let style = client.get(style.split('"').next().unwrap()).await;
        assert_eq!(
            (
                style.status,
                style.header("content-type"),
                style.header("cache-control")
            ),
            (
                StatusCode::OK,
                "text/css; charset=utf-8".to_owned(),
                "public, max-age=31536000, immutable".to_owned()
            )
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_in_words_on_a_page() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair.get("/not-there").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        let words = [
            "首页",
            "没有找到这一页",
            "地址可能写错了，或者这一页不在您的权限范围内。请从下面的入口重新进入。",
            "回到工作台",
            "回到首页",
            "帮助",
            "有问题请问：红梅街道总工会",
        ];
        assert_eq!(page.text(), words.join("\n"));
        // What is only sent to can't be read, and says so.
        assert_eq!(
            chair.get("/sign-out").await.status,
            StatusCode::METHOD_NOT_ALLOWED
        );
    }
}

#[tokio::test]
async fn a_form_that_is_too_big_is_read_past_and_told() {
    for site in site::both().await {
        let mut client = site.visitor();
        let body = format!("login={}", "x".repeat(3 * 1024 * 1024));
        let page = client
            .post("/sign-in", "application/x-www-form-urlencoded", body.into())
            .await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(page.text().contains("一张表单最多 1 MB"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_form_with_files_that_is_too_big_is_read_past_and_told() {
    for site in site::both().await {
        let mut clerk = site.sign_in_as("王芳", &[(Role::Clerk, &site.union)]).await;
        let evidence = format!("/units/{}/evidence", site.union.id);
        let note = "x".repeat(3 * 1024 * 1024);
        let home = format!("/units/{}/home?year=2016", site.union.id);
        clerk.get(&home).await;
        for (page, back) in [
            (clerk.page.clone(), Some(home)),
            ("http://jianjia.test//elsewhere.test/".to_owned(), None),
            ("http://elsewhere.test/units".to_owned(), None),
            ("http://jianjia.test.elsewhere.test/".to_owned(), None),
        ] {
            clerk.page = page;
            let told = clerk
                .upload(&evidence, &[("note", note.as_str())], &[])
                .await;
            assert_eq!(told.status, StatusCode::PAYLOAD_TOO_LARGE);
            assert!(
                told.text()
                    .contains("发来的内容太大，没有读完，这次没有保存"),
                "{}",
                told.text()
            );
            // The way back leads to a page of ours only.
            let link = back.map(|address| format!("href=\"{address}\">回到刚才的表单<"));
            assert_eq!(
                (
                    link.as_ref().is_none_or(|link| told.body.contains(link)),
                    told.body.contains("回到刚才的表单")
                ),
                (true, link.is_some()),
                "{}",
                clerk.page
            );
        }
    }
}

#[tokio::test]
async fn more_files_than_are_taken_at_a_time_are_told() {
    for site in site::both().await {
        let mut clerk = site.sign_in_as("王芳", &[(Role::Clerk, &site.union)]).await;
        let evidence = format!("/units/{}/evidence", site.union.id);
        let told = clerk
            .upload(&evidence, &[], &[("file", "a.pdf", &b"%PDF-1.4"[..]); 21])
            .await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sentence = "一次最多 20 个文件，都没有上传。请分几次上传。";
        assert!(told.text().contains(sentence), "{}", told.text());
    }
}

#[tokio::test]
async fn the_page_is_small_with_everything() {
    for site in site::both().await {
        let mut client = site.visitor();
        let page = client.get("/sign-in").await;
        let mut bytes = page.body.len();
        for mark in [
            "rel=\"stylesheet\" href=\"",
            "<script type=\"module\" src=\"",
            "<img src=\"",
        ] {
            let (_, rest) = page.body.split_once(mark).unwrap();
            bytes += client.get(rest.split('"').next().unwrap()).await.body.len();
        }
        assert!(bytes < 60 * 1024, "{bytes} bytes before compression");
    }
}

#[tokio::test]
async fn the_desk_tells_a_new_citys_administrator_the_first_steps_and_what_to_do_when_the_programme_is_over()
 {
    for site in site::both().await {
        let mut client = site
            .sign_in_as("李管理", &[(Role::Administrator, &site.city)])
            .await;
        let page = client.get("/desk").await;
        let text = page.text();
        for words in [
            "新城市起步",
            "待办\n行政区划",
            "已完成\n建家标准",
            "待办\n审批人账号",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        for link in [
            "/standard",
            "/imports",
            "/accounts",
            "/rounds/2016",
            "/quotas/2016",
        ] {
            assert!(page.body.contains(&format!("href=\"{link}\"")), "{link}");
            assert_eq!(client.get(link).await.status, StatusCode::OK, "{link}");
        }
        assert!(!text.contains("今年不能申报、审核"), "{text}");
        site.app.clock.set(jiff::civil::date(2021, 3, 1));
        let mut client = site
            .sign_in_as("王管理", &[(Role::Administrator, &site.city)])
            .await;
        let text = client.get("/desk").await.text();
        for words in [
            "建家标准到 2020 年为止",
            "standards/starter-2026",
            "待办\n建家标准",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}

#[tokio::test]
async fn no_form_keeps_an_identity_number_in_any_of_its_fields() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let unit = format!("/units/{}", site.union.id);
        for (path, field) in [
            ("edit", "phone"),
            ("edit", "employer_address"),
            ("edit", "code_reason"),
            ("people", "name"),
            ("people", "duty"),
            ("elections", "note"),
        ] {
            for typed in ["320402198105178004", "张三 320402 19810517 8004"] {
                let address = format!("{unit}/{path}");
                let page = chair.post_form(&address, &[(field, typed)]).await;
                assert_eq!(
                    page.status,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "{path} {field}"
                );
                assert!(
                    page.text().contains("不保存身份证号码"),
                    "{path} {field}: {}",
                    page.text()
                );
            }
        }
        let fields = [("note", "参加人 320402198105178004")];
        let path = format!("{unit}/activities");
        let page = chair.upload(&path, &fields, &[]).await;
        assert!(page.text().contains("不保存身份证号码"), "{}", page.text());
        // What is typed into a field of codes is named there for what it is.
        let page = chair
            .post_form(
                &format!("{unit}/edit"),
                &[("credit_code", "320402198105178004")],
            )
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("身份证"), "{}", page.text());
    }
}
