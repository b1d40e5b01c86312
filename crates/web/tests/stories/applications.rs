//! What may be applied for, and what a veto leaves to do.

mod desk;
mod named;
mod papers;
mod queue;
mod quotas;
mod searched;
mod told;
mod trail;

use axum::http::StatusCode;
use jianjia_demo::testing::{fixtures::yes_to_all, story::months};
use jianjia_domain::{core::policy::Role, register::person::Post, year::totals::RatingTotals};
use jiff::civil::date;

use crate::site::{self, Client, TestSite};

/// The union meets what a qualified home asks.
async fn qualified(site: &TestSite) {
    let (city, union) = (&site.city_of_tests, &site.union);
    let figures = [
        ("workers", 200),
        ("members", 190),
        ("cards_issued", 190),
        ("cards_used", 190),
    ];
    let answers = yes_to_all(site.app.in_force(), "qualified-home", &figures);
    city.said(union, None, 2016, &answers).await;
    city.activities(union, &months(date(2015, 10, 8), 12)).await;
    city.election(union, date(2014, 5, 20), 5, "").await;
    let rated = RatingTotals::of(
        190,
        [
            ("satisfied", 150),
            ("basically_satisfied", 20),
            ("dissatisfied", 5),
            ("void", 0),
        ],
    );
    city.rated(union, 2016, rated).await;
}

/// Drafts and hands in; gives the application's address.
async fn hand_in(site: &TestSite, chair: &mut Client) -> String {
    let list = format!("/units/{}/applications", site.union.id);
    let form = [
        ("year", "2016"),
        ("title", "qualified-home"),
        ("request_key", "d"),
    ];
    let address = chair.post_form(&list, &form).await.location();
    let submission = format!("{address}/submission");
    let sent = chair
        .post_form(&submission, &[("revision", "1"), ("request_key", "s")])
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    address
}

fn photo() -> Vec<u8> {
    let mut photo = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 8)
        .write_to(&mut photo, image::ImageFormat::Png)
        .expect("a picture");
    photo.into_inner()
}

#[tokio::test]
async fn a_vetoed_union_reads_which_veto_until_when_and_what_can_be_done() {
    for site in site::both().await {
        site.city_of_tests
            .vetoed(&site.union, 2016, "V1", "区人社局通报")
            .await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair
            .get(&format!("/units/{}/applications", site.union.id))
            .await;
        let (_, card) = page.body.split_once("<h3>信赖职工之家").expect("the card");
        let (card, _) = card.split_once("</section>").expect("its end");
        for words in [
            "拖欠工资（V1，2016年度），到 2016年12月31日 为止。",
            "来源：区人社局通报。",
            "没有这种情形的年度可以再申报",
            "交给登记的上级工会，由它写明理由后解除",
        ] {
            assert!(card.contains(words), "{words} is not in {card}");
        }
        let (_, link) = card.split_once("/vetoes/").expect("the record");
        let record = format!("/vetoes/{}", link.split('"').next().unwrap_or_default());
        assert_eq!(chair.get(&record).await.status, StatusCode::OK);
        // The branch is barred as well; the record is its union's and not the branch's to open.
        let mut branch = site
            .sign_in_as("组长", &[(Role::Clerk, &site.branch)])
            .await;
        let page = branch
            .get(&format!("/units/{}/applications", site.branch.id))
            .await;
        assert!(
            page.body.contains("拖欠工资（V1，2016年度）"),
            "{}",
            page.text()
        );
        assert!(!page.body.contains("/vetoes/"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_letter_before_the_decision_says_where_it_stands() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let address = hand_in(&site, &mut chair).await;
        let page = chair.get(&format!("{address}/letter")).await;
        let text = page.text();
        for words in [
            "2016年度申报合格职工之家一事，还没有办结，目前的情况如下。",
            &format!("现在由{}办理（", site.township.name),
            "，2016-10-20 ",
            "按年度日程，这一步在 2016年11月30日 前办完。",
            "下一步：",
            "自报达到",
            &format!("{}（盖章）", site.township.name),
            "本说明只反映打印当日的办理情况，不是审核结果。",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        // No web head or foot on paper, no column without a word in it, nothing that only looks confirmed.
        assert!(page.body.contains("<body class=\"printing\">"));
        for words in [">说明<", "tag-met", "个人）", "告知书写明"] {
            assert!(!page.body.contains(words), "{words}: {}", page.body);
        }
        let page = chair.get(&address).await;
        assert!(page.body.contains("打印办理情况说明"), "{}", page.text());
        assert!(!page.body.contains("告知书"), "{}", page.text());
        assert!(page.body.contains("tag-claimed") && !page.body.contains("tag-met"));
        // What somebody confirmed is no longer only claimed.
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let confirmed = [("clause", "Q2"), ("outcome", "confirmed")];
        let findings = format!("{address}/findings");
        reviewer.post_form(&findings, &confirmed).await;
        let page = chair.get(&format!("{address}/letter")).await;
        assert_eq!(page.body.matches("tag-met").count(), 1, "{}", page.body);
        // Back with the union: who returned it, and until when it can be handed in again.
        let form = [
            ("to", "applicant"),
            ("reason_Q3", "请补秋季的活动"),
            ("revision", "2"),
            ("request_key", "r"),
        ];
        let returned = reviewer
            .post_form(&format!("{address}/return"), &form)
            .await;
        assert_eq!(
            returned.status,
            StatusCode::SEE_OTHER,
            "{}",
            returned.text()
        );
        let text = chair.get(&format!("{address}/letter")).await.text();
        let told = format!("已由{}退回补正", site.township.name);
        assert!(
            text.contains(&told) && text.contains("前再次提交"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_year_that_is_over_is_read_and_not_applied_for() {
    for site in site::both().await {
        qualified(&site).await;
        let person = site
            .city_of_tests
            .person(&site.union, "李秀兰", Post::Worker)
            .await
            .to_string();
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let list = format!("/units/{}/applications", site.union.id);
        let form = |title, person, key| {
            [
                ("year", "2016"),
                ("title", title),
                ("person", person),
                ("request_key", key),
            ]
        };
        let home = form("qualified-home", "", "d");
        let draft = chair.post_form(&list, &home).await.location();
        let worker = form("outstanding-worker", &person, "p");
        let for_person = chair.post_form(&list, &worker).await;
        assert_eq!(
            for_person.status,
            StatusCode::SEE_OTHER,
            "{}",
            for_person.text()
        );
        // What was answered last year and not this year needs only be confirmed.
        let answers = [("workers".to_owned(), serde_json::json!(9))].into();
        let city = &site.city_of_tests;
        city.said(&site.branch, None, 2015, &answers).await;
        let mut branch = site
            .sign_in_as("组长", &[(Role::Chair, &site.branch)])
            .await;
        let page = branch
            .get(&format!("/units/{}/applications", site.branch.id))
            .await;
        assert!(
            page.text().contains("去年填的 1 题还没有确认") && page.text().contains("还没有填："),
            "{}",
            page.text()
        );
        // Every title in words, the personal ones as well.
        let page = chair.get(&list).await;
        assert!(page.body.contains("优秀工会工作者"), "{}", page.text());
        assert!(!page.body.contains("outstanding-worker"), "{}", page.text());
        let page = chair.get(&draft).await;
        assert!(page.body.contains("核对并提交"), "{}", page.text());
        site.app.clock.set(date(2019, 10, 12));
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair.get(&format!("{list}?year=2016")).await;
        let now = "2019年度的正在进行（2019-10-01 至 2019-10-31），请换到2019年度办理。";
        assert!(page.text().contains(now), "{}", page.text());
        assert!(
            page.body.contains(&format!("href=\"{list}?year=2019\"")),
            "{}",
            page.body
        );
        assert!(
            page.text().contains("2016年的申报期已过，没有申报。"),
            "{}",
            page.text()
        );
        assert!(
            !page.body.contains("name=\"title\""),
            "no button: {}",
            page.body
        );
        let late = chair
            .post_form(&list, &form("trusted-home", "", "late"))
            .await;
        assert_ne!(late.status, StatusCode::SEE_OTHER);
        let late = chair
            .post_form(&list, &form("model-home", "", "late"))
            .await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.text().contains(now), "{}", late.text());
        // A draft of that year says so, too, and leads to no submission.
        let page = chair.get(&draft).await;
        assert!(page.text().contains("现在不能提交"), "{}", page.text());
        assert!(!page.body.contains("核对并提交"), "{}", page.text());
        let page = chair.get(&format!("{draft}/check")).await;
        assert!(page.text().contains(now), "{}", page.text());
        assert!(!page.body.contains("/submission"), "{}", page.body);
    }
}

#[tokio::test]
async fn each_question_of_a_criterion_wants_its_own_document() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let list = format!("/units/{}/applications", site.union.id);
        let form = [
            ("year", "2016"),
            ("title", "qualified-home"),
            ("request_key", "d"),
        ];
        let draft = chair.post_form(&list, &form).await.location();
        let check = format!("{draft}/check");
        let wanted = |page: &str| -> Vec<String> {
            let links = page.split("/evidence?for=fact:").skip(1);
            let keys = links.map(|rest| rest.split('&').next().unwrap_or_default().to_owned());
            let mut keys: Vec<String> = keys.collect();
            keys.sort();
            keys.dedup();
            keys
        };
        let before = wanted(&chair.get(&check).await.body);
        for key in ["members", "cards_used"] {
            assert!(before.iter().any(|known| known == key), "{before:?}");
        }
        let evidence = format!("/units/{}/evidence", site.union.id);
        let fields = [("for", "fact:members"), ("year", "2016")];
        let picture = photo();
        let sent = chair
            .upload(&evidence, &fields, &[("file", "名册.png", &picture)])
            .await;
        assert!(sent.location().starts_with("/units/"), "{}", sent.text());
        for page in [&check, &draft] {
            let after = wanted(&chair.get(page).await.body);
            let others = before.iter().filter(|key| *key != "members");
            assert!(after.iter().eq(others), "{after:?}");
        }
        // It shows small and unfolds; which questions it could serve besides, group by group, with what is still missing.
        let page = chair.get(&evidence).await;
        let (_, rest) = page.body.split_once("<img src=\"/evidence/").expect("it");
        assert!(page.body.contains("loading=\"lazy\""));
        let id = rest.split('/').next().unwrap_or_default();
        let page = chair.get(&format!("{evidence}/{id}/uses?year=2016")).await;
        assert!(page.body.matches("<legend>").count() > 2, "{}", page.body);
        let lacks = |key: &str| {
            let (_, row) = page
                .body
                .split_once(&format!("value=\"{key}\""))
                .expect(key);
            row.split("</label>")
                .next()
                .is_some_and(|row| row.contains("还缺材料"))
        };
        assert_eq!(["members", "cards_used"].map(lacks), [false, true]);
    }
}
