//! The year sheet, the log, the evidence and my home, as a chair and others meet them.

use std::io::Cursor;

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site::{self, Page, TestSite};

fn sheet(site: &TestSite, group: &str) -> String {
    format!("/units/{}/sheet/2016/{group}", site.union.id)
}

/// A hidden field of the page.
fn hidden(page: &Page, name: &str) -> String {
    let (_, rest) = page
        .body
        .split_once(&format!("name=\"{name}\" value=\""))
        .expect("the field");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_chair_fills_in_a_group_and_my_home_says_what_is_missing() {
    for site in site::both().await {
        let home = format!("/units/{}/home", site.union.id);
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair.get(&home).await;
        assert!(
            page.text().contains("下一步，争创\n合格职工之家"),
            "{}",
            page.text()
        );
        let page = chair.get(&sheet(&site, "basics")).await;
        let key = hidden(&page, "request_key");
        let form = [
            ("request_key", key.as_str()),
            ("seen", ""),
            ("members", "190"),
            ("workers", "200"),
            ("then", "next"),
        ];
        let saved = chair.post_form(&sheet(&site, "basics"), &form).await;
        assert_eq!(
            (saved.status, saved.location()),
            (StatusCode::SEE_OTHER, sheet(&site, "organisation"))
        );
        let again = chair.post_form(&sheet(&site, "basics"), &form).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        chair
            .post_form(
                &sheet(&site, "service"),
                &[("cards_issued", "140"), ("cards_used", "130")],
            )
            .await;
        let page = chair.get(&home).await;
        let text = page.text();
        assert!(text.contains("还差 12 名会员办卡"), "{text}");
        assert!(
            text.contains("已办工会卡 140 ÷ 会员人数 190 ≈ 73.68 %，要求 80%"),
            "{text}"
        );
        assert!(
            text.contains("申报期 2016年10月1日 至 2016年10月31日，还剩 11 天。"),
            "{text}"
        );
        let page = chair.get(&sheet(&site, "basics")).await;
        assert!(
            page.text().contains("工会填报 · 陈主席 · 2016-10-20 09:00"),
            "{}",
            page.text()
        );
        assert!(
            !page.text().contains("以前说过"),
            "said once: {}",
            page.text()
        );
    }
}

#[tokio::test]
async fn a_wrong_form_comes_back_with_everything_typed_and_a_stale_one_tells_both_answers() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let mut clerk = site
            .sign_in_as("李干事", &[(Role::Clerk, &site.union)])
            .await;
        let path = sheet(&site, "basics");
        let wrong = chair
            .post_form(
                &path,
                &[
                    ("workers", "二百"),
                    ("members", "190"),
                    ("legal_person", "true"),
                ],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = wrong.text();
        assert!(text.contains("未能提交，请改正以下内容"), "{text}");
        assert_eq!(
            text.matches("“职工人数”没有填对：应为不小于零的整数。请改正后再保存。")
                .count(),
            2
        );
        assert!(wrong.body.contains("value=\"二百\"") && wrong.body.contains("value=\"190\""));
        assert!(
            wrong
                .body
                .contains("name=\"legal_person\" value=\"true\" checked")
        );
        chair
            .post_form(&path, &[("workers", "200"), ("members", "190")])
            .await;
        let seen = hidden(&chair.get(&path).await, "seen");
        let form = [
            ("seen", seen.as_str()),
            ("workers", "200"),
            ("members", "195"),
        ];
        assert_eq!(
            clerk.post_form(&path, &form).await.status,
            StatusCode::SEE_OTHER
        );
        let stale = chair
            .post_form(
                &path,
                &[("seen", &seen), ("workers", "210"), ("members", "180")],
            )
            .await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            stale
                .text()
                .contains("李干事在 2016-10-20 09:00 把“会员人数”填成了“195 人”，您填的是“180 人”"),
            "{}",
            stale.text()
        );
        // The form that came back has seen the other answer: sending it again decides.
        let seen = hidden(&stale, "seen");
        let decided = chair
            .post_form(
                &path,
                &[("seen", &seen), ("workers", "210"), ("members", "180")],
            )
            .await;
        assert_eq!(decided.status, StatusCode::SEE_OTHER);
        let page = chair.get(&path).await;
        assert!(page.text().contains("以前说过 2 次"), "{}", page.text());
    }
}

#[tokio::test]
async fn others_read_or_do_not_find_the_sheet() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        chair
            .post_form(&sheet(&site, "basics"), &[("workers", "217")])
            .await;
        let mut reviewer = site
            .sign_in_as("区审核", &[(Role::Reviewer, &site.district)])
            .await;
        let page = reviewer.get(&sheet(&site, "basics")).await;
        assert!(page.text().contains("217 人") && !page.body.contains("<input id=\"workers"));
        let refused = reviewer
            .post_form(&sheet(&site, "basics"), &[("workers", "1")])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut neighbour = site
            .sign_in_as("邻居", &[(Role::Chair, &site.neighbour)])
            .await;
        for path in [
            "home",
            "sheet/2016",
            "sheet/2016/basics",
            "activities",
            "evidence",
            "rating/2016",
        ] {
            let page = neighbour
                .get(&format!("/units/{}/{path}", site.union.id))
                .await;
            assert_eq!(
                (page.status, page.text().contains("217")),
                (StatusCode::NOT_FOUND, false),
                "{path}"
            );
        }
        let said = neighbour
            .post_form(&sheet(&site, "basics"), &[("workers", "1")])
            .await;
        assert_eq!(said.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_photo_is_attached_to_a_fact_and_a_lying_or_huge_file_is_told() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("/units/{}/evidence", site.union.id);
        let mut photo = Vec::new();
        image::DynamicImage::new_rgb8(8, 8)
            .write_to(&mut Cursor::new(&mut photo), image::ImageFormat::Png)
            .unwrap();
        let fields = [("for", "fact:own_account"), ("year", "2016")];
        let lie = chair
            .upload(&path, &fields, &[("file", "许可证.pdf", &photo)])
            .await;
        assert_eq!(lie.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            lie.text()
                .contains("“许可证.pdf”的名字说它是 PDF 文件，内容其实是 PNG 文件"),
            "{}",
            lie.text()
        );
        let huge = vec![0; 50 * 1024 * 1024];
        let huge = chair
            .upload(&path, &fields, &[("file", "视频.pdf", &huge)])
            .await;
        assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(
            huge.text().contains("一个文件最多 20 MB"),
            "{}",
            huge.text()
        );
        let taken = chair
            .upload(&path, &fields, &[("file", "许可证.png", &photo)])
            .await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
        let page = chair.get(&sheet(&site, "funds")).await;
        let (_, link) = page
            .body
            .split_once("href=\"/evidence/")
            .expect("the photo at its question");
        let file = format!("/evidence/{}", link.split('"').next().unwrap_or_default());
        let mut reviewer = site
            .sign_in_as("区审核", &[(Role::Reviewer, &site.district)])
            .await;
        let open = reviewer.get(&file).await;
        assert_eq!(
            [
                "content-type",
                "content-disposition",
                "x-content-type-options"
            ]
            .map(|name| open.header(name)),
            [
                "image/png",
                "inline; filename*=UTF-8''%E8%AE%B8%E5%8F%AF%E8%AF%81.png",
                "nosniff"
            ]
        );
        // One file serves many questions at once; those without a tick let it go.
        let id = file.trim_start_matches("/evidence/");
        let uses = format!("/units/{}/evidence/{id}/uses", site.union.id);
        let page = chair.get(&uses).await;
        let ticked = |page: &Page| page.body.matches(" checked>").count();
        assert!(
            page.body.contains("value=\"own_account\" checked>"),
            "{}",
            page.body
        );
        assert_eq!(ticked(&page), 1);
        let questions: Vec<String> = page
            .body
            .split("name=\"fact\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
            .collect();
        let others: Vec<&String> = questions
            .iter()
            .filter(|key| *key != "own_account")
            .collect();
        let wanted = [("year", "2016"), ("fact", others[0]), ("fact", others[1])];
        let done = chair.post_form(&uses, &wanted).await;
        assert_eq!(done.location(), path, "{}", done.text());
        let page = chair.get(&uses).await;
        assert_eq!(ticked(&page), 2);
        assert!(
            !page.body.contains("value=\"own_account\" checked>"),
            "{}",
            page.body
        );
        let foreign = [("year", "2016"), ("fact", "no_such_question")];
        assert_eq!(
            chair.post_form(&uses, &foreign).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(ticked(&chair.get(&uses).await), 2, "nothing of it was done");
        let mut neighbour = site
            .sign_in_as("邻居", &[(Role::Chair, &site.neighbour)])
            .await;
        assert_eq!(neighbour.get(&uses).await.status, StatusCode::NOT_FOUND);
        assert_eq!(neighbour.get(&file).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn desk_home_and_front_page_speak_of_one_year_and_one_last_day() {
    for site in site::both().await {
        let mut city = site
            .sign_in_as("市审批", &[(Role::Approver, &site.city)])
            .await;
        let days = [
            ("revision", "0"),
            ("declaration_from", "2016-10-01"),
            ("declaration_to", "2016-10-25"),
            ("examination_from", "2016-11-01"),
            ("examination_to", "2016-11-30"),
            ("commendation_from", "2017-01-01"),
            ("commendation_to", "2017-12-31"),
            ("note", "提前截止"),
        ];
        let set = city.post_form("/rounds/2016", &days).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text());
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let home = format!("/units/{}/home", site.union.id);
        let text = chair.get(&home).await.text();
        let until = "申报期 2016年10月1日 至 2016年10月25日，还剩 5 天。";
        assert!(text.contains(until), "{text}");
        let text = chair.get("/desk").await.text();
        let until = "2016 年度申报正在进行，2016年10月25日截止，还有 5 天。";
        assert!(text.contains(until), "{text}");
        let text = chair.get("/").await.text();
        let until = "正在申报，2016年10月25日截止，还剩 5 天。";
        assert!(text.contains(until), "{text}");
        // On its last day the programme promises no year that it doesn't have.
        site.app.clock.set(jiff::civil::date(2020, 12, 31));
        let mut chair = site
            .sign_in_as("王主席", &[(Role::Chair, &site.union)])
            .await;
        let text = chair.get(&home).await.text();
        assert!(text.contains("已经过了，本规划没有下一次了"), "{text}");
        assert!(!text.contains("明年"), "{text}");
        let text = chair.get(&format!("{home}?year=2018")).await.text();
        assert!(text.contains("2018 年的申报期（"), "{text}");
        // After the programme its last year remains.
        site.app.clock.set(jiff::civil::date(2021, 3, 1));
        let mut chair = site
            .sign_in_as("李主席", &[(Role::Chair, &site.union)])
            .await;
        let desk = chair.get("/desk").await;
        assert!(desk.text().contains("2020 年度"), "{}", desk.text());
        let text = chair.get(&home).await.text();
        assert!(text.contains("2020 年，截至 2020年12月31日"), "{text}");
        let rating = format!("/units/{}/rating/2020", site.union.id);
        assert!(desk.body.contains(&rating), "{}", desk.body);
    }
}

#[tokio::test]
async fn groups_are_counted_as_the_overview_lists_them() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let overview = format!("/units/{}/sheet/2016", site.union.id);
        let page = chair.get(&overview).await;
        let link = format!("<a href=\"{overview}/");
        let listed: Vec<&str> = page
            .body
            .split(&link)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(listed.len() > 3, "{listed:?}");
        for (n, group) in listed.iter().enumerate() {
            let text = chair.get(&sheet(&site, group)).await.text();
            let place = format!("第 {} 组，共 {} 组", n + 1, listed.len());
            assert!(text.contains(&place), "{place} on {text}");
        }
    }
}

#[tokio::test]
async fn an_activity_of_a_missing_month_finds_its_form_open_and_its_month_filled_in() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("/units/{}/activities", site.union.id);
        let fields = [
            ("request_key", "k"),
            ("held_on", "2016-08-18"),
            ("kind", "culture"),
            ("title", "纳凉晚会"),
        ];
        chair.upload(&path, &fields, &[]).await;
        let page = chair.get(&path).await;
        let form = "<details class=\"card\" id=\"log\"";
        assert!(page.body.contains(&format!("{form}>")), "folded");
        let link = format!("{path}?from=2016-09-01#log");
        assert!(page.body.contains(&link), "{}", page.body);
        let page = chair.get(link.split('#').next().unwrap()).await;
        assert!(
            page.body.contains(&format!("{form} open>")),
            "{}",
            page.body
        );
        assert!(page.body.contains("value=\"2016-09-01\""));
        assert!(
            page.text()
                .contains("已先填上所缺时段的第一天，请改成实际举办的那一天。")
        );
    }
}

#[tokio::test]
async fn an_activity_is_logged_on_the_page_and_taken_out_again() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("/units/{}/activities", site.union.id);
        let page = chair.get(&path).await;
        assert!(page.text().contains("还没有登记过活动"), "{}", page.text());
        let wrong = chair
            .upload(
                &path,
                &[("held_on", "2016-11-01"), ("title", "运动会")],
                &[],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.text().contains("2016-11-01 还没到") && wrong.body.contains("value=\"运动会\"")
        );
        let fields = [
            ("request_key", "k"),
            ("held_on", "2016-08-18"),
            ("kind", "culture"),
            ("title", "纳凉晚会"),
            ("participants", "60"),
        ];
        for _ in 0..2 {
            let logged = chair.upload(&path, &fields, &[]).await;
            assert_eq!(logged.location(), path);
        }
        let page = chair.get(&path).await;
        let text = page.text();
        assert_eq!(text.matches("纳凉晚会").count(), 1, "{text}");
        assert!(
            text.contains("2016年8月18日 · 60 人参加") && text.contains("缺 3 个"),
            "{text}"
        );
        let (_, rest) = page
            .body
            .split_once(&format!("href=\"{path}/"))
            .expect("a way to correct it");
        let one = format!("{path}/{}", rest.split('"').next().unwrap_or_default());
        // Corrected, its evidence stays with it; the same form twice corrects it once.
        let form = chair.get(&one).await;
        assert!(form.body.contains("value=\"纳凉晚会\""), "{}", form.body);
        let wrong = chair.post_form(&one, &[("held_on", "2016-11-01")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let corrected = [
            ("request_key", "c"),
            ("held_on", "2016-08-19"),
            ("kind", "culture"),
            ("title", "消夏晚会"),
            ("participants", "70"),
        ];
        for _ in 0..2 {
            let done = chair.post_form(&one, &corrected).await;
            assert_eq!(done.location(), path, "{}", done.text());
        }
        let page = chair.get(&path).await;
        let text = page.text();
        assert!(!text.contains("纳凉晚会"), "{text}");
        assert!(
            text.contains("消夏晚会") && text.contains("2016年8月19日 · 70 人参加"),
            "{text}"
        );
        assert_eq!(chair.get(&one).await.status, StatusCode::NOT_FOUND);
        // It is asked before it is removed.
        let (_, rest) = page
            .body
            .split_once("/removal\"")
            .map(|(before, _)| before.rsplit_once("href=\"").expect("a link"))
            .expect("a way to take it out");
        let removal = format!("{rest}/removal");
        assert!(
            chair
                .get(&removal)
                .await
                .text()
                .contains("删除“消夏晚会”吗？")
        );
        assert!(chair.get(&path).await.text().contains("消夏晚会"));
        assert_eq!(
            chair.post_form(&removal, &[]).await.status,
            StatusCode::SEE_OTHER
        );
        let page = chair.get(&path).await;
        assert!(!page.text().contains("消夏晚会"), "{}", page.text());
    }
}

#[tokio::test]
async fn more_people_than_work_there_are_asked_about() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("/units/{}/activities", site.union.id);
        // More people than work there: asked about, and taken once it is said that others joined.
        let workers = [("workers", serde_json::json!(214))];
        let said = workers.map(|(key, value)| (key.to_owned(), value)).into();
        let city = &site.city_of_tests;
        city.said(&site.union, None, 2016, &said).await;
        let crowd = [
            ("request_key", "crowd"),
            ("held_on", "2016-08-20"),
            ("kind", "culture"),
            ("title", "万人游园"),
            ("participants", "9999"),
        ];
        let asked = chair.upload(&path, &crowd, &[]).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            asked.text().contains("填了 9999 人，本单位职工只有")
                && asked.body.contains("name=\"with_others\""),
            "{}",
            asked.text()
        );
        let with_others = [&crowd[..], &[("with_others", "yes")]].concat();
        let logged = chair.upload(&path, &with_others, &[]).await;
        assert_eq!(logged.location(), path, "{}", logged.text());
        let text = chair.get(&path).await.text();
        assert!(text.contains("9,999 人参加"), "{text}");
    }
}

#[tokio::test]
async fn a_small_home_has_the_same_page_and_a_federation_that_only_leads_is_told_so() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair.get(&format!("/units/{}/home", site.branch.id)).await;
        assert!(
            page.text().contains("下一步，争创\n模范职工小家"),
            "{}",
            page.text()
        );
        let own = chair.get(&format!("/units/{}/home", site.union.id)).await;
        assert!(
            own.text()
                .contains("家里的小家和娘家人\n长江纺织厂细纱车间分工会"),
            "{}",
            own.text()
        );
        let mut approver = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let page = approver
            .get(&format!("/units/{}/home", site.district.id))
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.text().contains("负责审核和推荐，自己不参加创建"),
            "{}",
            page.text()
        );
    }
}
