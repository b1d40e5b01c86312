//! The year sheet as stories: who says what, and what holds afterwards.

#[path = "sheets/judging.rs"]
mod judging;

use std::collections::BTreeMap;

use jianjia_app::{
    core::error::Error,
    year::sheet::{self as sheets, SayInput},
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        ids::StatementId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    year::statement::{Confirm, Source, Statement},
};
use jianjia_standard::Lang;
use jianjia_store::year::{standing, statement as statements};
use jiff::civil::date;
use serde_json::{Value, json};

struct Home {
    city: TestCity,
    district: UnitPlace,
    union: UnitPlace,
    chair: Actor,
    reviewer: Actor,
}

async fn homes() -> Vec<Home> {
    let mut homes = Vec::new();
    for city in testing::both(date(2016, 10, 20)).await {
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let union = city
            .unit(Some(&district), UnitKind::Grassroots, "第一纺织厂工会")
            .await;
        let chair = city.actor("王主席", &[(Role::Chair, &union)]).await;
        let reviewer = city.actor("区审核", &[(Role::Reviewer, &district)]).await;
        homes.push(Home {
            city,
            district,
            union,
            chair,
            reviewer,
        });
    }
    homes
}

fn typed(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, words)| ((*key).to_owned(), (*words).to_owned()))
        .collect()
}

fn form(group: &str, pairs: &[(&str, &str)], key: &str) -> SayInput {
    SayInput {
        group: Some(group.to_owned()),
        typed: typed(pairs),
        request_key: key.to_owned(),
        ..SayInput::default()
    }
}

async fn values(home: &Home, year: i16) -> BTreeMap<String, Value> {
    let mut tx = home.city.app.db.read().await.unwrap();
    let facts = statements::facts_of(&mut tx, &home.union.id, None, year)
        .await
        .unwrap();
    facts
        .into_iter()
        .map(|(key, said)| (key, said.value))
        .collect()
}

fn sentences(error: Error) -> Vec<(String, String)> {
    let Error::Refused(jianjia_domain::core::refusal::Refusal::Fields(fields)) = error else {
        panic!("refused at fields, not {error:?}");
    };
    fields
        .into_iter()
        .map(|(field, refusal)| (field, refusal.sentence(Lang::Zh)))
        .collect()
}

async fn say(home: &Home, input: &SayInput) -> Result<usize, Error> {
    sheets::say(
        &home.city.app,
        &home.chair,
        &home.union.id,
        None,
        2016,
        input,
    )
    .await
    .map(|saved| saved.answers)
}

#[tokio::test]
async fn an_answer_is_added_with_its_source_and_the_same_form_twice_says_it_once() {
    for home in homes().await {
        let first = form(
            "basics",
            &[
                ("workers", "200"),
                ("members", "190"),
                ("legal_person", "unknown"),
            ],
            "a",
        );
        assert_eq!(say(&home, &first).await.unwrap(), 3);
        assert_eq!(say(&home, &first).await.unwrap(), 0);
        let sheet = sheets::read(&home.city.app, &home.reviewer, &home.union.id, None, 2016)
            .await
            .unwrap();
        assert_eq!(sheet.statements.len(), 1);
        assert!(!sheet.may_say);
        let said = &sheet.facts["members"];
        assert_eq!(
            (said.value.clone(), said.source, said.by.as_str()),
            (json!(190), Source::Union, "王主席")
        );
        assert_eq!(
            values(&home, 2016).await,
            BTreeMap::from([
                ("legal_person".to_owned(), Value::Null),
                ("members".to_owned(), json!(190)),
                ("workers".to_owned(), json!(200)),
            ])
        );
        let mut tx = home.city.app.db.read().await.unwrap();
        let stands = standing::of_unit(&mut tx, &home.union, 2016)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (
                stands.verdicts["qualified"].as_str(),
                stands.verdicts["model"].as_str(),
                stands.answered
            ),
            ("unknown", "unknown", 2)
        );
    }
}

#[tokio::test]
async fn one_wrong_field_and_nothing_is_saved() {
    for home in homes().await {
        let wrong = form(
            "basics",
            &[
                ("workers", "很多"),
                ("members", "190"),
                ("legal_person", "true"),
            ],
            "a",
        );
        assert_eq!(
            sentences(say(&home, &wrong).await.unwrap_err()),
            [(
                "workers".to_owned(),
                "“职工人数”没有填对：应为不小于零的整数。请改正后再保存。".to_owned()
            )]
        );
        let impossible = form("basics", &[("workers", "100"), ("members", "190")], "b");
        assert_eq!(
            sentences(say(&home, &impossible).await.unwrap_err()),
            [(
                "members".to_owned(),
                "两个数对不上：会员人数 190 多于职工人数 100，不可能。请核对后再保存。".to_owned()
            )]
        );
        assert_eq!(values(&home, 2016).await, BTreeMap::new());
    }
}

#[tokio::test]
async fn a_figure_below_one_of_another_page_is_told_at_the_field_that_changed() {
    for home in homes().await {
        say(
            &home,
            &form("basics", &[("workers", "200"), ("members", "190")], ""),
        )
        .await
        .unwrap();
        say(&home, &form("service", &[("cards_issued", "180")], ""))
            .await
            .unwrap();
        let seen = seen(&home).await;
        let lower = SayInput {
            seen,
            ..form("basics", &[("workers", "200"), ("members", "150")], "")
        };
        assert_eq!(
            sentences(say(&home, &lower).await.unwrap_err()),
            [(
                "members".to_owned(),
                "两个数对不上：已办工会卡 180 多于会员人数 150，不可能。请核对后再保存。"
                    .to_owned()
            )]
        );
    }
}

#[tokio::test]
async fn a_bound_holds_through_a_figure_that_is_not_known() {
    for home in homes().await {
        let used = form("service", &[("cards_used", "180")], "");
        say(&home, &used).await.unwrap();
        let fewer = form("basics", &[("members", "150")], "");
        assert_eq!(
            sentences(say(&home, &fewer).await.unwrap_err()),
            [(
                "members".to_owned(),
                "两个数对不上：在用工会卡 180 多于会员人数 150，不可能。请核对后再保存。"
                    .to_owned()
            )]
        );
    }
}

async fn seen(home: &Home) -> Option<StatementId> {
    sheets::read(&home.city.app, &home.chair, &home.union.id, None, 2016)
        .await
        .unwrap()
        .seen()
}

#[tokio::test]
async fn a_stale_form_is_told_with_both_answers_and_untouched_answers_stay_the_others() {
    for home in homes().await {
        let clerk = home.city.actor("小李", &[(Role::Clerk, &home.union)]).await;
        say(
            &home,
            &form("basics", &[("workers", "200"), ("members", "190")], ""),
        )
        .await
        .unwrap();
        let seen = seen(&home).await;
        let by_clerk = SayInput {
            seen,
            ..form("basics", &[("workers", "200"), ("members", "195")], "")
        };
        sheets::say(
            &home.city.app,
            &clerk,
            &home.union.id,
            None,
            2016,
            &by_clerk,
        )
        .await
        .unwrap();
        // The chair's form is older: what it left alone keeps the clerk's answer, what it changed is new.
        let untouched = SayInput {
            seen,
            ..form("basics", &[("workers", "210"), ("members", "190")], "")
        };
        assert_eq!(say(&home, &untouched).await.unwrap(), 1);
        assert_eq!(values(&home, 2016).await["members"], json!(195));
        let changed = SayInput {
            seen,
            ..form("basics", &[("members", "188")], "")
        };
        assert_eq!(
            sentences(say(&home, &changed).await.unwrap_err()),
            [(
                "members".to_owned(),
                "您填写期间，小李在 2016-10-20 09:00 把“会员人数”填成了“195 人”，您填的是“188 人”。请商量好，留下对的，再保存一次。".to_owned()
            )]
        );
        let history: Vec<Value> =
            sheets::read(&home.city.app, &home.chair, &home.union.id, None, 2016)
                .await
                .unwrap()
                .history("members")
                .into_iter()
                .map(|said| said.value)
                .collect();
        assert_eq!(history, [json!(195), json!(190)]);
    }
}

async fn last_year(home: &Home, facts: Value) {
    let app = &home.city.app;
    let mut tx = app.db.write("test").await.unwrap();
    let statement = Statement {
        id: StatementId(app.entropy.id(app.now())),
        unit: home.union.id,
        unit_path: home.union.path.clone(),
        person: None,
        year: 2015,
        source: Source::Union,
        facts: serde_json::from_value(facts).unwrap(),
        said_by: None,
        said_by_name: String::new(),
        said_at: app.now(),
        request_key: None,
    };
    statements::insert(&mut tx, &[statement]).await.unwrap();
    jianjia_demo::testing::keep(app, tx).await;
}

#[tokio::test]
async fn last_years_answers_are_confirmed_one_by_one_or_all_at_once() {
    for home in homes().await {
        last_year(
            &home,
            json!({"workers": 200, "members": 190, "own_account": true, "cards_issued": 170}),
        )
        .await;
        // Not confirmed is not said.
        assert_eq!(values(&home, 2016).await, BTreeMap::new());
        let one = SayInput {
            confirm: Confirm::One("workers".to_owned()),
            ..form("basics", &[("members", "195")], "")
        };
        assert_eq!(say(&home, &one).await.unwrap(), 2);
        let all = SayInput {
            confirm: Confirm::All,
            ..SayInput::default()
        };
        assert_eq!(say(&home, &all).await.unwrap(), 2);
        let sheet = sheets::read(&home.city.app, &home.chair, &home.union.id, None, 2016)
            .await
            .unwrap();
        let sources: Vec<(&str, Value, Source)> = sheet
            .facts
            .iter()
            .map(|(key, said)| (key.as_str(), said.value.clone(), said.source))
            .collect();
        assert_eq!(
            sources,
            [
                ("cards_issued", json!(170), Source::Carried),
                ("members", json!(195), Source::Union),
                ("own_account", json!(true), Source::Carried),
                ("workers", json!(200), Source::Carried),
            ]
        );
        let again = say(&home, &all).await.unwrap_err();
        assert!(
            matches!(again, Error::Refused(refusal) if refusal.key() == "statement/nothing-to-confirm")
        );
    }
}

#[tokio::test]
async fn only_the_union_itself_says_its_facts_and_others_do_not_find_it() {
    for home in homes().await {
        let app = &home.city.app;
        let neighbour = home
            .city
            .unit(Some(&home.district), UnitKind::Grassroots, "第二纺织厂工会")
            .await;
        let stranger = home.city.actor("邻居", &[(Role::Chair, &neighbour)]).await;
        let input = form("basics", &[("workers", "1")], "");
        let by_stranger = sheets::say(app, &stranger, &home.union.id, None, 2016, &input).await;
        assert!(matches!(by_stranger, Err(Error::NotFound)));
        let read = sheets::read(app, &stranger, &home.union.id, None, 2016).await;
        assert!(matches!(read, Err(Error::NotFound)));
        let by_reviewer =
            sheets::say(app, &home.reviewer, &home.union.id, None, 2016, &input).await;
        assert!(
            matches!(by_reviewer, Err(Error::Refused(refusal)) if refusal.key() == "not-your-role")
        );
        let next_year = sheets::say(app, &home.chair, &home.union.id, None, 2017, &input).await;
        assert!(
            matches!(next_year, Err(Error::Refused(refusal)) if refusal.key() == "statement/year-closed")
        );
        assert_eq!(values(&home, 2016).await, BTreeMap::new());
    }
}
