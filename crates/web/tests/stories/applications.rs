//! What may be applied for, what a veto leaves to do, and the reviewer's desk.

mod named;
mod searched;
mod told;

use axum::http::StatusCode;
use jianjia_demo::testing::{fixtures::yes_to_all, story::months};
use jianjia_documents::sheet;
use jianjia_domain::{
    core::policy::Role, exchange::import::ImportKind, register::person::Post,
    year::totals::RatingTotals,
};
use jianjia_web::routes;
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

/// What every export says to somebody, by its address; those of other formats are left out.
async fn exported(site: &TestSite, client: &mut Client) -> Vec<(String, String)> {
    let mut said = Vec::new();
    for route in routes::all() {
        let addresses: Vec<String> = if route.path.ends_with("/export") {
            let both = ["csv", "xlsx"];
            both.map(|format| format!("{}?format={format}", route.path))
                .into()
        } else if route.path.ends_with("/exports/{kind}") {
            let path = route.path.replace("{id}", &site.city.id.to_string());
            let kinds = ImportKind::ALL.iter();
            kinds
                .map(|kind| path.replace("{kind}", kind.key()))
                .collect()
        } else {
            continue;
        };
        for address in addresses {
            let file = client.get(&address).await;
            assert_eq!(file.status, StatusCode::OK, "{address}");
            let text = if file.bytes.starts_with(b"PK") {
                let sheets = sheet::read_all(&file.bytes, "table.xlsx").expect("a workbook");
                format!("{sheets:?}")
            } else {
                file.body
            };
            assert!(!text.is_empty(), "{address}");
            said.push((address, text));
        }
    }
    said
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

#[tokio::test]
async fn the_desk_folds_what_is_met_and_unfolds_what_is_to_be_looked_at() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let address = hand_in(&site, &mut chair).await;
        let desk = format!("{address}/review");
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        // Clause and whether it is unfolded.
        let folds = |body: &str| -> Vec<(String, bool)> {
            body.split("<details class=\"question desk-row\" id=\"c-")
                .skip(1)
                .map(|row| {
                    let (tag, _) = row.split_once('>').expect("a tag");
                    let clause = tag.split('"').next().unwrap_or_default();
                    (clause.to_owned(), tag.ends_with(" open"))
                })
                .collect()
        };
        let open = |body: &str| -> Vec<String> {
            let open = folds(body).into_iter().filter(|(_, is_open)| *is_open);
            open.map(|(clause, _)| clause).collect()
        };
        let page = reviewer.get(&desk).await;
        let all = folds(&page.body).len();
        assert_eq!(all, 6);
        assert_eq!(open(&page.body), [""; 0]);
        assert!(
            page.text().contains("6 条均自报达到，尚未核实"),
            "{}",
            page.text()
        );
        let rejection = [
            ("clause", "Q2"),
            ("next_clause", "Q3"),
            ("note_Q2", "女职委没有换届"),
            ("outcome", "rejected"),
        ];
        let findings = format!("{address}/findings");
        let done = reviewer.post_form(&findings, &rejection).await;
        assert_eq!(done.location(), format!("{desk}?open=Q3#c-Q3"));
        let page = reviewer.get(&format!("{desk}?open=Q3")).await;
        assert_eq!(open(&page.body), ["Q2", "Q3"]);
        let page = reviewer.get(&desk).await;
        assert_eq!(open(&page.body), ["Q2"]);
        assert!(
            page.body.contains("请先看：<a href=\"#c-Q2\">"),
            "{}",
            page.text()
        );
        // A rejection without a word comes back unfolded, with the sentence at its field.
        let silent = [("clause", "Q4"), ("outcome", "rejected")];
        let told = reviewer.post_form(&findings, &silent).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(open(&told.body), ["Q2", "Q4"]);
        // The summary says which criterion it is about.
        let (_, summary) = told.body.split_once("href=\"#note_Q4\">").expect("a line");
        let summary = summary.split("</a>").next().unwrap_or_default();
        assert!(summary.contains(" Q4：请写明理由"), "{summary}");
        // Enter in a note rejects, and never confirms.
        for form in told.body.split("/findings\">").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            if form.contains("name=\"note_") {
                let (_, first) = form.split_once("<button").expect("a button");
                let first = first.split('>').next().unwrap_or_default();
                assert!(
                    first.ends_with(
                        "name=\"outcome\" value=\"rejected\" tabindex=\"-1\" aria-hidden=\"true\""
                    ),
                    "{first}"
                );
            }
        }
        // Everything unfolded stays so from one finding to the next.
        let page = reviewer.get(&format!("{desk}?all=1")).await;
        assert_eq!(open(&page.body).len(), all);
        let confirmed = [("clause", "Q2"), ("outcome", "confirmed"), ("all", "1")];
        let done = reviewer.post_form(&findings, &confirmed).await;
        assert_eq!(done.location(), format!("{desk}?all=1#acts"));
        // What the union attaches after it has handed in is new to whoever has not looked at it since.
        site.app.clock.set(date(2016, 10, 24));
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let evidence = format!("/units/{}/evidence", site.union.id);
        let fields = [("for", "fact:own_account"), ("year", "2016")];
        let picture = photo();
        let sent = chair
            .upload(&evidence, &fields, &[("file", "许可证.png", &picture)])
            .await;
        assert!(sent.location().starts_with("/units/"), "{}", sent.text());
        let page = reviewer.get(&desk).await;
        assert_eq!(open(&page.body), ["Q5"]);
        assert!(
            page.text().contains("提交以后新附了材料"),
            "{}",
            page.text()
        );
        let looked = [("clause", "Q5"), ("outcome", "confirmed")];
        reviewer.post_form(&findings, &looked).await;
        let page = reviewer.get(&desk).await;
        assert_eq!(open(&page.body), [""; 0]);
        // The applicant reads as of which day it is judged.
        let page = chair.get(&address).await;
        assert!(
            page.text().contains("按首次提交日 2016年10月20日 判定。"),
            "{}",
            page.text()
        );
    }
}

#[tokio::test]
async fn a_queue_is_worked_through_without_losing_the_place() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let address = hand_in(&site, &mut chair).await;
        let id = address.rsplit('/').next().unwrap_or_default();
        let receipt = chair.get(&address).await.text();
        assert!(receipt.contains("2016-00001"), "{receipt}");
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let list = "/reviews?title=qualified-home&order=name";
        let page = reviewer.get(list).await;
        let desk = format!("/applications/{id}/review?back=title%3Dqualified-home%26order%3Dname");
        assert!(
            page.body.contains(&format!("href=\"{desk}\"")),
            "{}",
            page.body
        );
        assert!(!page.body.contains(" checked>"));
        let all = reviewer.get(&format!("{list}&tick=all")).await;
        assert_eq!(all.body.matches(" checked>").count(), 1);
        // It can be pressed on a phone too, where the head of the table is hidden; Enter in the opinion leads to the preview.
        let (form, _) = page.body.split_once("<thead").expect("a table");
        assert!(form.contains(">全选</a>"), "{form}");
        let (_, form) = form
            .split_once("action=\"/reviews/preview\"")
            .expect("a form");
        let (_, first) = form.split_once("<button").expect("a button");
        assert!(
            first.starts_with(" class=\"hide-visually\" name=\"act\" value=\"endorse\""),
            "{first}"
        );
        // Refused for a missing opinion, it comes back as it was ticked.
        let silent = format!("{id}:2");
        let silent = [
            ("chosen", silent.as_str()),
            ("act", "endorse"),
            ("back", "title=qualified-home"),
        ];
        let told = reviewer.post_form("/reviews/preview", &silent).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(told.body.matches(" checked>").count(), 1, "{}", told.text());
        let back = "title=qualified-home&order=name";
        let chosen = format!("{id}:2");
        let take = [("chosen", chosen.as_str()), ("how", "take"), ("back", back)];
        let done = reviewer.post_form("/reviews/assignment", &take).await;
        assert_eq!(done.location(), list);
        let page = reviewer.get(list).await.text();
        assert!(page.contains("已由您承办 1 份申报："), "{page}");
        assert!(page.contains("街道小李"), "{page}");
        let mine = reviewer.get("/reviews?hands=mine").await;
        assert!(mine.body.contains(id), "{}", mine.text());
        let free = reviewer.get("/reviews?hands=nobody").await;
        assert!(!free.body.contains(id), "{}", free.text());
        // A note stays in the offices.
        let words = "账目有出入，请重点看经费";
        let note = [("office_note", words), ("back", back)];
        let done = reviewer
            .post_form(&format!("/applications/{id}/notes"), &note)
            .await;
        assert_eq!(done.location(), desk);
        assert!(reviewer.get(&desk).await.text().contains(words));
        for path in ["", "/letter", "/check", "/review"] {
            let page = chair.get(&format!("{address}{path}")).await;
            assert!(!page.body.contains(words), "{path}");
        }
        let own = [
            format!("/units/{}/applications", site.union.id),
            format!("/units/{}/home", site.union.id),
            format!("/units/{}/history", site.union.id),
            format!("/units/{}", site.union.id),
        ];
        for path in own {
            assert!(!chair.get(&path).await.body.contains(words), "{path}");
        }
        // Nor does it go out with what is exported, whoever exports it.
        let mut office = site
            .sign_in_as(
                "市总",
                &[
                    (Role::Administrator, &site.city),
                    (Role::Auditor, &site.city),
                ],
            )
            .await;
        let tables = exported(&site, &mut office).await;
        assert!(tables.len() > 10, "{}", tables.len());
        for (address, table) in tables {
            assert!(!table.contains(words), "{address}");
        }
        let refused = chair
            .post_form(&format!("/applications/{id}/notes"), &note)
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        // Done in bulk, the list is as it was, and says what was done, with a link.
        let bulk = [
            ("chosen", chosen.as_str()),
            ("act", "endorse"),
            ("opinion", "同意"),
            ("back", back),
            ("request_key", "b"),
        ];
        let preview = reviewer.post_form("/reviews/preview", &bulk).await;
        assert!(
            preview
                .body
                .contains("name=\"back\" value=\"title=qualified-home&#38;order=name\""),
            "{}",
            preview.body
        );
        let done = reviewer.post_form("/reviews/bulk", &bulk).await;
        assert_eq!(done.location(), list);
        let page = reviewer.get(list).await;
        let told = format!("已同意上报 1 份申报：{}。", site.union.name);
        assert!(page.text().contains(&told), "{}", page.text());
        assert!(page.body.contains("<a href=\"/reviews?place=all&#38;title=qualified-home&#38;order=newest\">打开名单</a>"), "{}", page.body);
    }
}

#[tokio::test]
async fn the_rest_is_confirmed_after_a_question_with_a_reason_and_acts_say_on_what() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let address = hand_in(&site, &mut chair).await;
        let (desk, findings) = (format!("{address}/review"), format!("{address}/findings"));
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let page = reviewer.get(&desk).await.text();
        let name = &site.union.name;
        for words in [
            "其余自报达到的条目（6 条），一并认定属实",
            "条应有材料，没有附：",
            "认定这 6 条属实",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let silent = [("rest", "confirmed")];
        let told = reviewer.post_form(&findings, &silent).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.text().contains("请写明理由"), "{}", told.text());
        let reason = [("rest", "confirmed"), ("rest_reason", "实地看过台账")];
        let done = reviewer.post_form(&findings, &reason).await;
        assert_eq!(done.location(), desk);
        let page = reviewer.get(&desk).await.text();
        let words = format!("已把“{name}”自报达到的 6 条认定属实。");
        assert!(page.contains(&words), "{page}");
        assert!(page.contains("实地看过台账"), "{page}");
        // Nothing is left to confirm.
        assert!(!page.contains("一并认定属实"), "{page}");
        // Sent back, it is no error to look at: it waits for the applicant.
        let back = [
            ("revision", "2"),
            ("to", "applicant"),
            ("reason_Q2", "请补换届批复"),
            ("request_key", "r"),
        ];
        let done = reviewer
            .post_form(&format!("{address}/return"), &back)
            .await;
        assert_eq!(done.location(), "/reviews");
        let page = reviewer.get("/reviews").await.text();
        let words = format!("“{name}”的申报已退回补正，1 条理由对方都会看到。");
        assert!(page.contains(&words), "{page}");
        for client in [&mut reviewer, &mut chair] {
            let page = client.get(&desk).await;
            if page.status == StatusCode::OK {
                let text = page.text();
                assert!(text.contains("已退回补正，等申报单位改好再交。"), "{text}");
                assert!(!text.contains("不能这样办理"), "{text}");
            }
            let page = client.get(&address).await;
            let (_, now) = page
                .body
                .split_once("aria-current=\"step\">")
                .expect("a step");
            assert!(now.starts_with(name.as_str()), "{now}");
        }
    }
}

#[tokio::test]
async fn an_auditor_finds_by_union_person_and_title_and_reads_words() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let address = hand_in(&site, &mut chair).await;
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let rejection = [
            ("clause", "Q2"),
            ("note_Q2", "没有换届"),
            ("outcome", "rejected"),
        ];
        reviewer
            .post_form(&format!("{address}/findings"), &rejection)
            .await;
        let mut auditor = site
            .sign_in_as("周审计", &[(Role::Auditor, &site.city)])
            .await;
        let page = auditor
            .get("/audit?union=%E9%95%BF%E6%B1%9F&title=qualified-home")
            .await;
        let text = page.text();
        for words in [
            "记录逐条审核",
            "提交申报",
            "合格职工之家 2016",
            "不认可",
            "街道小李",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(
            page.body.contains(&format!("<a href=\"{address}\">")),
            "{}",
            page.body
        );
        // No id, JSON or UTC among the words.
        let (_, table) = text.split_once("内容").expect("the table");
        assert!(
            !table.contains('{') && !table.contains("T0") && !table.contains("Z\""),
            "{table}"
        );
        let is_id = |word: &str| word.len() >= 32 && word.chars().all(|c| c.is_ascii_hexdigit());
        assert!(!table.split_whitespace().any(is_id), "{table}");
        for nothing in [
            "union=%E6%B2%A1%E6%9C%89",
            "person=%E6%B2%A1%E6%9C%89",
            "title=model-home",
            "until=2016-01-01",
        ] {
            let page = auditor.get(&format!("/audit?{nothing}")).await;
            assert!(
                page.text().contains("没有符合条件的记录"),
                "{nothing}: {}",
                page.text()
            );
        }
        let by_person = auditor.get("/audit?person=%E5%B0%8F%E6%9D%8E").await.text();
        assert!(
            by_person.contains("记录逐条审核") && !by_person.contains("陈主席"),
            "{by_person}"
        );
        let export = auditor.get("/audit/export?title=qualified-home").await;
        assert_eq!(export.header("content-type"), "text/csv; charset=utf-8");
        assert!(export.body.contains("\"记录逐条审核\""), "{}", export.body);
        assert!(
            export.body.starts_with("\u{feff}\"时间\",\"办理人\""),
            "{}",
            export.body
        );
        assert_eq!(
            chair.get("/audit/export").await.status,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn a_pdf_opens_in_a_frame_of_our_own_pages_only() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let evidence = format!("/units/{}/evidence", site.union.id);
        let fields = [("for", "fact:own_account"), ("year", "2016")];
        let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
        let sent = chair
            .upload(&evidence, &fields, &[("file", "许可证.pdf", pdf)])
            .await;
        assert!(sent.location().starts_with("/units/"), "{}", sent.text());
        let address = hand_in(&site, &mut chair).await;
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let desk = reviewer.get(&format!("{address}/review?all=1")).await;
        assert!(
            desk.header("content-security-policy")
                .contains("frame-src 'self'; ")
        );
        let (_, frame) = desk.body.split_once("<iframe src=\"").expect("a frame");
        let framed = frame.split('"').next().unwrap_or_default();
        let shown = reviewer.get(framed).await;
        assert_eq!(shown.header("content-type"), "application/pdf");
        assert!(shown.header("content-disposition").starts_with("inline"));
        assert_eq!(shown.header("x-frame-options"), "SAMEORIGIN");
        assert!(
            shown
                .header("content-security-policy")
                .ends_with("frame-ancestors 'self'")
        );
        // By its own address it is saved, and framed by nobody.
        let saved = reviewer.get(framed.trim_end_matches("?show=1")).await;
        assert!(
            saved
                .header("content-disposition")
                .starts_with("attachment")
        );
        assert_eq!(saved.header("x-frame-options"), "DENY");
    }
}

fn photo() -> Vec<u8> {
    let mut photo = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 8)
        .write_to(&mut photo, image::ImageFormat::Png)
        .expect("a picture");
    photo.into_inner()
}
