//! The reviewer's desk: criterion by criterion what is claimed, what is confirmed, and what stands behind it.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;
use jiff::civil::date;

use super::{hand_in, photo, qualified};
use crate::site;

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
        // The viewer shows the page as wide as the frame, without its strip of small pages.
        let (framed, view) = framed.split_once('#').expect("how it is shown");
        assert_eq!(view, "navpanes=0&amp;view=FitH");
        assert!(
            desk.body
                .contains(&format!("<a href=\"{framed}\" target=\"_blank\""))
        );
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
