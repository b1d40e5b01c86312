//! The papers of an application: what they say, who may have them, and what is said where none can be made.

use jianjia_app::{
    core::{
        error::{Error, Result},
        paper::{self as papers, Bound, Format, Settings, Sheet},
    },
    paper::{self, KINDS, Noun},
    round::{application as applications, paper::of_application, review as reviews},
};
use jianjia_domain::{
    core::{
        ids::ApplicationId,
        policy::{Actor, Role},
    },
    round::review::Outcome,
};

use crate::{
    city::{RoundCity, cities},
    key,
};

async fn sheet(city: &RoundCity, who: &Actor, kind: &str, id: &ApplicationId) -> Result<Sheet> {
    let kind = paper::kind(kind).unwrap();
    paper::sheet(&city.city.app, who, kind, &id.to_string()).await
}

/// The level, the text and whether a day is given, of each opinion on a form.
fn opinions(form: &Sheet) -> Vec<(String, String, bool)> {
    let opinions = form.data["opinions"].as_array().unwrap();
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    opinions
        .iter()
        .map(|given| {
            let is_given = !given["given_on"].is_null();
            (word(&given["level"]), word(&given["text"]), is_given)
        })
        .collect()
}

#[tokio::test]
async fn a_form_has_an_opinion_for_each_level_as_far_as_it_came() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city.draft(&city.chair, &city.union, "model-home").await;
        let form = sheet(&city, &city.chair, "application", &id).await.unwrap();
        let none = |level: &str| (level.to_owned(), String::new(), false);
        let levels = ["基层工会", "镇（街道）总工会", "辖市、区总工会"];
        assert_eq!(opinions(&form), levels.map(none));
        assert_eq!(form.data["union"]["name"], "第一纺织厂工会");
        assert_eq!(form.data["story"], "我们的家");
        assert_eq!(form.data["person"], serde_json::Value::Null);
        assert_eq!(
            form.file_name(Format::Docx),
            "申报审批表（第一纺织厂工会）.docx"
        );
        // A draft is its own unit's only.
        assert_eq!(
            key(sheet(&city, &city.local, "application", &id).await),
            "not-found"
        );

        let expected = city.now(&id).await;
        applications::submit(app, &city.chair, &id, &expected)
            .await
            .unwrap();
        city.endorsed(&id).await;
        let form = sheet(&city, &city.approver, "application", &id)
            .await
            .unwrap();
        let given = |level: &str, text: &str| (level.to_owned(), text.to_owned(), true);
        assert_eq!(
            opinions(&form),
            [
                given("基层工会", ""),
                given("镇（街道）总工会", "同意"),
                none("辖市、区总工会"),
            ]
        );
        assert!(!form.data["criteria"].as_array().unwrap().is_empty());
        let stranger = city.another("第二纺织厂工会").await.1;
        for kind in KINDS.iter().filter(|kind| kind.of == Noun::Application) {
            let theirs = paper::sheet(app, &stranger, kind, &id.to_string()).await;
            assert_eq!(key(theirs), "not-found", "{}", kind.name);
            let nothing = paper::sheet(app, &city.leader, kind, "7").await;
            assert_eq!(key(nothing), "not-found", "{}", kind.name);
        }
    }
}

#[tokio::test]
async fn what_a_reviewer_found_is_for_those_who_review_and_the_letter_for_everybody() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city.at_the_district().await;
        city.looked_through(&id).await;
        let report = sheet(&city, &city.approver, "review", &id).await.unwrap();
        assert_eq!(report.data["office"], "天宁区总工会");
        assert_eq!(report.data["reviewers"], serde_json::json!(["区里老周"]));
        let findings = report.data["findings"].as_array().unwrap();
        assert!(findings.iter().all(|finding| finding["found"] == "属实"));
        assert_eq!(
            key(sheet(&city, &city.chair, "review", &id).await),
            "not-found"
        );
        assert_eq!(
            key(sheet(&city, &city.chair, "reasons", &id).await),
            "not-found"
        );
        let view = applications::view(app, &city.chair, &id).await.unwrap();
        let offered = of_application(&city.chair, &view);
        assert!(!offered.contains(&"review") && offered.contains(&"story"));
        for kind in offered {
            sheet(&city, &city.chair, kind, &id).await.unwrap();
        }
        let clause = &view.clauses[0].clause;
        let found = reviews::FindingInput {
            clause: clause.clone(),
            outcome: Outcome::Rejected,
            note: "没有看到批复".to_owned(),
        };
        reviews::record_finding(app, &city.approver, &id, &found)
            .await
            .unwrap();
        let input = reviews::RejectInput {
            reason: "换届没有依据。".to_owned(),
            reasons: Vec::new(),
            expected: city.now(&id).await,
        };
        reviews::reject(app, &city.approver, &id, &input)
            .await
            .unwrap();
        let letter = sheet(&city, &city.chair, "reasons", &id).await.unwrap();
        assert_eq!(letter.data["decided_by"], "天宁区总工会");
        assert_eq!(letter.data["reasons"][0]["clause"], clause.as_str());
        assert_eq!(
            letter.data["reasons"][0]["found"]
                .as_str()
                .unwrap()
                .split(' ')
                .next(),
            Some("没有看到批复")
        );
        assert_eq!(letter.data["opinion"], "换届没有依据。");
    }
}

#[tokio::test]
async fn every_paper_of_an_application_can_be_set_in_both_formats() {
    let city = cities().await.remove(0);
    let app = &city.city.app;
    let id = city.at_the_district().await;
    let view = applications::view(app, &city.approver, &id).await.unwrap();
    let mut sheets = Vec::new();
    for kind in of_application(&city.approver, &view) {
        let sheet = sheet(&city, &city.approver, kind, &id).await.unwrap();
        let word = papers::one(app, sheet.clone(), Format::Docx).await.unwrap();
        assert!(word.starts_with(b"PK"), "{kind}");
        sheets.push(sheet);
    }
    assert!(sheets.len() >= 3, "{}", sheets.len());
    let word = Bound::Docx(sheets[0].clone());
    let files = vec![
        Bound::Pdf(sheets.clone()),
        word,
        Bound::Pdf(vec![sheets[1].clone()]),
    ];
    let set = papers::files_long(app, files.clone()).await.unwrap();
    let begin: Vec<&[u8]> = set.iter().map(|file| &file[..4]).collect();
    assert_eq!(begin, [&b"%PDF"[..], b"PK\x03\x04", b"%PDF"]);
    // What is set beside it changes no byte.
    let alone = papers::one(app, sheets[1].clone(), Format::Pdf)
        .await
        .unwrap();
    assert!(set[2] == alone && set[0].len() > alone.len());
    assert!(papers::files_long(app, files).await.unwrap() == set);
    // A rating of the union, whose totals were copied from paper.
    let kind = paper::kind("rating").unwrap();
    let of = format!("{}/2016", city.union.id);
    let rating = paper::sheet(app, &city.chair, kind, &of).await.unwrap();
    assert_eq!(rating.data["valid"], 182);
    let (quorum, sum) = (&rating.data["quorum"], &rating.data["sum"]);
    assert_eq!(
        (&quorum["is_reached"], &quorum["share"]),
        (&true.into(), &"超过一半".into())
    );
    assert_eq!(
        quorum["left"].as_i64().unwrap(),
        2 * rating.data["cast"].as_i64().unwrap()
    );
    assert_eq!(sum["satisfied"], 180);
    let asked = rating.data["asked"].as_array().unwrap();
    assert!(
        !asked.is_empty() && asked.iter().all(|one| one["is_met"] == true),
        "{asked:?}"
    );
    let pdf = papers::one(app, rating, Format::Pdf).await.unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let stranger = city
        .city
        .actor(
            "外人",
            &[(Role::Chair, &city.another("第二纺织厂工会").await.0)],
        )
        .await;
    let theirs = paper::sheet(app, &stranger, kind, &of).await;
    assert_eq!(key(theirs), "not-found");
}

#[tokio::test]
async fn without_fonts_a_sentence_says_what_to_install() {
    let city = cities().await.remove(0);
    let app = &city.city.app;
    let empty = tempfile::tempdir().unwrap();
    papers::set_up(
        app,
        Settings {
            papers: None,
            fonts: vec![empty.path().to_owned()],
        },
    );
    let id = city.draft(&city.chair, &city.union, "model-home").await;
    let form = sheet(&city, &city.chair, "application", &id).await.unwrap();
    let made = papers::one(app, form, Format::Pdf).await;
    let Err(Error::Refused(refusal)) = made else {
        panic!("made: {made:?}");
    };
    assert_eq!(refusal.key(), "paper/no-fonts");
    assert!(
        refusal
            .sentence(jianjia_standard::Lang::Zh)
            .contains("fonts-noto-cjk")
    );
}
