//! The papers of a naming: the notice as it hung, the answer to an objection, the decision with its list.

use jianjia_app::{
    core::paper::{self as papers, Format, Sheet},
    paper::{self as kinds, kind},
    round::{
        objection as objections,
        paper::{publication, reply},
        publication as publications,
    },
};
use jianjia_demo::testing::TestCity;

use super::{
    candidate::Cast,
    objecting::{KEEP_FROM, NAME, TELEPHONE, TEXT, form, id_of, object},
    publishing::published,
    *,
};

pub(super) async fn sheet(city: &TestCity, who: &Actor, of_kind: &str, of: &str) -> Result<Sheet> {
    kinds::sheet(&city.app, who, kind(of_kind).unwrap(), of).await
}

/// Names a candidate by a document; the batch.
pub(super) async fn decided(
    city: &TestCity,
    cast: &Cast,
    candidate: ApplicationId,
    document_number: &str,
) -> Result<String> {
    let app = &city.app;
    let seen = preview(app, &cast.approver, 2016, TITLE, &[candidate]).await;
    let input = ConfirmInput {
        document_number: document_number.to_owned(),
        ..confirmation(&seen.unwrap())
    };
    let named = confirm(app, &cast.approver, 2016, TITLE, &input).await;
    named.map(|named| named.batch)
}

/// It can be set, too.
async fn set(city: &TestCity, sheet: Sheet) {
    let name = sheet.file_name(Format::Docx);
    let word = papers::one(&city.app, sheet, Format::Docx).await.unwrap();
    assert!(word.starts_with(b"PK"), "{name}");
}

#[tokio::test]
async fn everybody_prints_a_notice_while_it_hangs_and_the_city_afterwards() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        candidate(&city, &cast, "甲厂工会").await;
        let id = published(&city, &cast.approver).await;
        let of = id.to_string();
        let public = publication::public(app, &id).await.unwrap();
        assert_eq!(
            public.file_name(Format::Pdf),
            "公示（2016年信赖职工之家）.pdf"
        );
        assert_eq!(
            public.data["rows"],
            serde_json::json!([{ "place": 1, "name": "甲厂工会", "union": "", "federation": "天宁区总工会" }])
        );
        assert_eq!(public.data["days"], 5);
        assert_eq!(public.data["until_on"], "2017-03-08");
        let districts = sheet(&city, &cast.of_district, "publication", &of).await;
        assert_eq!(districts.unwrap().data, public.data);

        app.clock.set(date(2017, 3, 9));
        let ended = publication::public(app, &id).await;
        assert_eq!(told(ended.map(|_| ())), "not found");
        let ended = sheet(&city, &cast.of_district, "publication", &of).await;
        assert_eq!(told(ended.map(|_| ())), "not found");
        let kept = sheet(&city, &cast.reviewer, "publication", &of)
            .await
            .unwrap();
        assert_eq!(kept.data, public.data);
    }
}

#[tokio::test]
async fn a_notice_that_was_taken_down_says_so_on_paper() {
    let city = testing::both(date(2017, 3, 1)).await.remove(0);
    let cast = cast(&city).await;
    candidate(&city, &cast, "甲厂工会").await;
    let id = published(&city, &cast.approver).await;
    publications::withdraw(&city.app, &cast.approver, &id, "名单有误")
        .await
        .unwrap();
    let kept = sheet(&city, &cast.reviewer, "publication", &id.to_string()).await;
    let kept = kept.unwrap();
    assert_eq!(kept.data["withdrawn"], "名单有误");
    set(&city, kept).await;
}

#[tokio::test]
async fn an_answer_on_paper_tells_neither_who_objected_nor_what_they_wrote() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, candidate) = candidate(&city, &cast, "甲厂工会").await;
        let notice = published(&city, &cast.approver).await;
        let receipt = object(&city, &notice, &form(&candidate), Vec::new()).await;
        let id = id_of(&city, &receipt).await;
        let of = id.to_string();
        let open = sheet(&city, &cast.approver, "reply", &of).await;
        assert_eq!(told(open.map(|_| ())), "not found", "it isn't answered");
        let given = ("unfounded", "经核实，名册上的人去年已办理转出。");
        objections::answer(app, &cast.approver, &id, given)
            .await
            .unwrap();
        let paper = sheet(&city, &cast.approver, "reply", &of).await.unwrap();
        assert_eq!(paper.file_name(Format::Pdf), "异议答复（第1号）.pdf");
        assert_eq!(paper.data["answer"], given.1);
        assert_eq!(paper.data["outcome"], "不属实");
        let said = format!("{} {}", paper.file_name(Format::Pdf), paper.data);
        for secret in [NAME, TELEPHONE, TEXT, KEEP_FROM, &receipt.code] {
            assert!(!said.contains(secret), "{secret}");
        }
        // Whoever objected gets the same by number and code.
        let followed = objections::follow(app, "203.0.113.9", 1, &receipt.code).await;
        let own = reply::followed(app, &followed.unwrap()).await.unwrap();
        assert_eq!(own.data, paper.data);
        for stranger in [&cast.of_district, &cast.reviewer] {
            let theirs = sheet(&city, stranger, "reply", &of).await;
            assert_eq!(told(theirs.map(|_| ())), "not found");
        }
    }
}

#[tokio::test]
async fn a_decision_has_the_number_it_was_given_and_its_list() {
    for (place, city) in testing::both(date(2017, 3, 1))
        .await
        .into_iter()
        .enumerate()
    {
        let cast = cast(&city).await;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let batch = decided(&city, &cast, id, "常工发〔2017〕5号").await;
        let batch = &batch.unwrap();
        let decision = sheet(&city, &cast.approver, "decision", batch).await;
        let decision = decision.unwrap();
        assert_eq!(decision.data["number"], "常工发〔2017〕5号");
        assert_eq!(decision.data["office"], "市总工会");
        assert_eq!(decision.data["addressees"], "各辖市、区总工会");
        assert_eq!(
            decision.data["rows"],
            serde_json::json!([{ "name": "甲厂工会", "union": null, "number": "常信赖家〔2016〕1号" }])
        );
        let refused = sheet(&city, &cast.reviewer, "decision", batch).await;
        assert_eq!(told(refused.map(|_| ())), "not-your-role");
        let nothing = sheet(&city, &cast.approver, "decision", "no-such-batch").await;
        assert_eq!(told(nothing.map(|_| ())), "not found");
        if place == 0 {
            set(&city, decision).await;
        }
    }
}
