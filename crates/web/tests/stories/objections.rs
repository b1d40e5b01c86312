//! A public notice, an objection to it from a telephone without an account, its way through the offices, and the answer.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use jianjia_app::core::clock::Clock;
use jianjia_domain::core::policy::Role;
use jianjia_store::testing;

use crate::site::{self, Client, Page, TestSite, records::Records};

/// What stands in a `<code>` of a page, one after another.
fn codes(page: &Page) -> Vec<String> {
    let parts = page.body.split("<code>").skip(1);
    parts
        .map(|part| part.split("</code>").next().unwrap().to_owned())
        .collect()
}

/// What the form's list offers first.
fn first_candidate(page: &Page) -> String {
    let (_, list) = page.body.split_once("<select id=\"application\"").unwrap();
    let (_, list) = list.split_once("<option value=\"\">").unwrap();
    let (_, list) = list.split_once("<option value=\"").unwrap();
    list.split('"').next().unwrap().to_owned()
}

async fn last_notice(site: &TestSite) -> String {
    let mut tx = site.app.db.read().await.unwrap();
    let sql = "SELECT id FROM publication ORDER BY id DESC LIMIT 1";
    format!("/publications/{}", testing::text(&mut tx, sql).await)
}

async fn office(site: &TestSite, name: &str, role: Role) -> Client {
    site.sign_in_as(name, &[(role, &site.city)]).await
}

#[tokio::test]
async fn an_objection_goes_its_way_from_a_telephone_to_the_answer() {
    for site in site::both().await {
        let _records = Records::of_the_union(&site).await;
        let mut approver = office(&site, "钱审批", Role::Approver).await;
        let mut district = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let mut other = site
            .sign_in_as("外区审核", &[(Role::Reviewer, &site.other_district)])
            .await;
        let mut visitor = site.visitor();
        let notice = last_notice(&site).await;
        let list = visitor.get("/publications").await;
        assert!(list.body.contains(&notice), "{}", list.text());
        let shown = visitor.get(&notice).await;
        for words in ["王建国", "天宁区总工会", "0519-86680000", "提出异议"] {
            assert!(shown.text().contains(words), "{words}: {}", shown.text());
        }
        let address = format!("{notice}/objection");
        let link = format!("{notice}/papers/publication.docx");
        assert!(shown.body.contains(&link), "{}", shown.text());
        assert!(visitor.get(&link).await.bytes.starts_with(b"PK"));
        let form = visitor.get(&address).await;
        let candidate = first_candidate(&form);
        let nothing = visitor.upload(&address, &[("name", "石榴花")], &[]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.text().contains("请写下异议是什么"));
        assert!(nothing.body.contains("value=\"石榴花\""));
        let fields = [
            ("application", candidate.as_str()),
            ("text", "会员名册里有早已离厂的人。"),
            ("name", "石榴花"),
            ("telephone", "13912345678"),
        ];
        let table = [("file", "名册.xlsx", &b"PK\x03\x04"[..])];
        let refused = visitor.upload(&address, &fields, &table).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Too large a photo costs nobody what they wrote, nor do too many.
        let huge = vec![b'x'; 23 * 1024 * 1024];
        for (files, sentence) in [
            (
                vec![("file", "名册.jpg", huge.as_slice())],
                "“名册.jpg”有 23.0 MB，超过 20 MB",
            ),
            (
                vec![("file", "名册.jpg", &huge[..9]); 21],
                "一次最多 20 个文件",
            ),
        ] {
            let refused = visitor.upload(&address, &fields, &files).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            for words in [sentence, "会员名册里有早已离厂的人。"] {
                assert!(refused.text().contains(words), "{}", refused.text());
            }
            assert!(refused.body.contains("value=\"13912345678\""));
        }
        let pdf = [("file", "名册.pdf", &b"%PDF-1.4 nothing"[..])];
        let received = visitor.upload(&address, &fields, &pdf).await;
        assert_eq!(received.status, StatusCode::OK, "{}", received.text());
        let [number, code]: [String; 2] = codes(&received).try_into().unwrap();
        let follow = format!("/objections/follow/{number}");
        let found = visitor
            .get(&format!("/objections/follow?number={number}"))
            .await;
        assert_eq!(found.location(), follow);
        let wrong = visitor
            .post_form(&follow, &[("code", "1234-5678-9012")])
            .await;
        assert!(wrong.text().contains("编号和查询码对不上"));
        let waits = visitor.post_form(&follow, &[("code", &code)]).await;
        assert!(waits.text().contains("已收到"), "{}", waits.text());

        let inbox = approver.get("/messages").await;
        let arrived = format!("收到一件对公示候选的异议，编号 {number}。");
        assert!(inbox.text().contains(&arrived), "{}", inbox.text());
        let mut tx = site.app.db.read().await.unwrap();
        let sql = format!("SELECT id FROM objection WHERE number = {number}");
        let id = testing::text(&mut tx, &sql).await;
        drop(tx);
        let own = format!("/objections/{id}");
        for stranger in [&mut district, &mut other] {
            let page = stranger.get(&own).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
        }
        let page = approver.get(&own).await;
        for words in ["石榴花", "13912345678", "会员名册里有", "名册.pdf"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        // The district that recommended it is not offered.
        assert!(!page.body.contains("区审批") && page.body.contains("外区审核"));
        let (_, rest) = page.body.split_once("<select id=\"handler\"").unwrap();
        let of_other = rest.split("<option value=\"");
        let of_other = of_other
            .filter(|option| option.contains("外区审核"))
            .map(|option| option.split('"').next().unwrap().to_owned())
            .next()
            .unwrap();
        let nobody = approver
            .post_form(&format!("{own}/assignment"), &[("handler", "")])
            .await;
        assert!(nobody.text().contains("请选择交给谁核实"));
        let assigned = approver
            .post_form(&format!("{own}/assignment"), &[("handler", &of_other)])
            .await;
        assert_eq!(assigned.location(), own);
        let list = other.get("/objections").await;
        assert!(list.body.contains(&own), "{}", list.text());
        let table = other.get("/objections/export").await;
        assert!(table.body.contains("外区审核"), "{}", table.body);
        for secret in ["石榴花", "13912345678", "名册"] {
            assert!(!table.body.contains(secret), "{secret}: {}", table.body);
        }
        let none = district.get("/objections/export").await;
        assert!(!none.body.contains("王建国"), "{}", none.body);
        let file = other.get(&format!("{own}/evidence/1")).await;
        assert_eq!(file.status, StatusCode::OK);
        let noted = other
            .post_form(&format!("{own}/note"), &[("note", "查了名册，属实。")])
            .await;
        assert_eq!(noted.location(), own);
        let refused = approver
            .post_form(&format!("{own}/answer"), &[("answer", "已核实。")])
            .await;
        assert!(refused.text().contains("请选择异议是否属实"));
        assert!(refused.body.contains("已核实。"), "what was typed is lost");
        let given = [("outcome", "founded"), ("answer", "名册已经更正。")];
        let answered = approver.post_form(&format!("{own}/answer"), &given).await;
        assert_eq!(answered.location(), own);
        let read = visitor.post_form(&follow, &[("code", &code)]).await;
        assert!(read.text().contains("名册已经更正。"), "{}", read.text());
        assert!(read.text().contains("属实") && !read.text().contains("外区审核"));
        // On paper, too, for whoever objected and for those who may read it.
        let wanted = [("code", code.as_str()), ("act", "reply.docx")];
        let word = visitor.post_form(&follow, &wanted).await;
        assert!(word.bytes.starts_with(b"PK"), "{}", word.text());
        let wrong = [("code", "1234-5678-9012"), ("act", "reply.docx")];
        let refused = visitor.post_form(&follow, &wrong).await;
        assert!(refused.text().contains("编号和查询码对不上"));
        let paper = format!("{own}/papers/reply.docx");
        assert!(approver.get(&own).await.body.contains(&paper));
        let office = other.get(&paper).await;
        assert_eq!(office.bytes, word.bytes);
        assert_eq!(district.get(&paper).await.status, StatusCode::NOT_FOUND);
        // Nothing of it is in the trail but its number.
        let mut tx = site.app.db.read().await.unwrap();
        let sql = format!("SELECT detail FROM audit WHERE noun_id = '{id}' ORDER BY id");
        let told = testing::texts(&mut tx, &sql).await.concat();
        assert!(!told.contains("石榴花") && !told.contains("名册"), "{told}");
        drop(tx);
        visitor.cookies.insert("lang".to_owned(), "en".to_owned());
        let english = visitor.get(&notice).await.text();
        assert!(english.contains("How to object"), "{english}");
    }
}

#[tokio::test]
async fn a_notice_that_is_over_says_so_and_names_nobody() {
    for site in site::both().await {
        let _records = Records::of_the_union(&site).await;
        let notice = last_notice(&site).await;
        site.app.clock.set(jiff::civil::date(2016, 11, 1));
        let mut visitor = site.visitor();
        let page = visitor.get(&notice).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("公示已经结束"), "{}", page.text());
        assert!(!page.body.contains("王建国"));
        let list = visitor.get("/publications").await;
        assert!(list.text().contains("现在没有公示"));
        let typed = [("text", "写了很久的话。")];
        let late = visitor
            .upload(&format!("{notice}/objection"), &typed, &[])
            .await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.text().contains("这次公示已经结束"));
        assert!(
            late.text().contains("写了很久的话。"),
            "what was typed is lost"
        );
    }
}

/// When each session was used last, and until when it holds.
async fn sessions(site: &TestSite) -> Vec<String> {
    let mut tx = site.app.db.read().await.unwrap();
    let sql = "SELECT id_hash || ' ' || seen_at || ' ' || expires_at FROM session ORDER BY id_hash";
    testing::texts(&mut tx, sql).await
}

#[tokio::test]
async fn somebody_signed_in_who_objects_leaves_no_trace_in_their_session() {
    for site in site::both().await {
        let _records = Records::of_the_union(&site).await;
        let mut reviewer = office(&site, "郑审核", Role::Reviewer).await;
        let notice = last_notice(&site).await;
        let address = format!("{notice}/objection");
        let Clock::Set(clock) = &site.app.clock else {
            panic!("the clock of tests is set");
        };
        clock.fetch_add(2 * 3_600_000_000, Ordering::Relaxed);
        let before = sessions(&site).await;
        assert!(!before.is_empty());
        let form = reviewer.get(&address).await;
        assert_eq!(form.status, StatusCode::OK);
        let fields = [
            ("application", first_candidate(&form)),
            ("text", "会员名册里有早已离厂的人。".to_owned()),
        ];
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let received = reviewer.upload(&address, &fields, &[]).await;
        let [number, code]: [String; 2] = codes(&received).try_into().unwrap();
        reviewer.get("/objections/follow").await;
        let follow = format!("/objections/follow/{number}");
        reviewer.get(&follow).await;
        let found = reviewer.post_form(&follow, &[("code", &code)]).await;
        assert!(found.text().contains("已收到"), "{}", found.text());
        assert_eq!(sessions(&site).await, before);
        // Any other page prolongs it.
        let other = reviewer.get("/messages").await;
        assert_eq!(other.status, StatusCode::OK);
        assert_ne!(sessions(&site).await, before);
    }
}
