//! An application is judged as of the day of its first submission, however often it is corrected and whenever it is decided.

use jianjia_app::{
    exchange::verification,
    round::{
        application as applications,
        naming::{self as namings, ConfirmInput},
        recommendation as recommendations,
        review::{self as reviews, ReturnInput},
    },
};
use jianjia_domain::{
    core::{ids::ApplicationId, place::UnitPlace, policy::Actor},
    round::application::{CriterionReason, ReturnTo, State},
};
use jianjia_store::year::{activity, judgement};
use jiff::civil::{Date, date};
use serde_json::json;

use crate::{
    city::{RoundCity, cities},
    told,
};

/// From October on the union does nothing any more.
async fn idle_from_october(city: &RoundCity, union: &UnitPlace) {
    let app = &city.city.app;
    let mut tx = app.db.write("test").await.unwrap();
    let (from, to) = (date(2016, 10, 1), date(2016, 12, 31));
    for logged in activity::between(&mut tx, &union.id, from, to)
        .await
        .unwrap()
    {
        activity::remove(
            &mut tx,
            &union.id,
            &logged.id,
            &city.chair.account,
            app.now(),
        )
        .await
        .unwrap();
    }
    jianjia_demo::testing::keep(app, tx).await;
}

async fn returned(city: &RoundCity, id: &ApplicationId) {
    let input = ReturnInput {
        to: ReturnTo::Applicant,
        opinion: String::new(),
        reasons: vec![CriterionReason {
            clause: "M1b".to_owned(),
            note: "会员数与名册不符".to_owned(),
        }],
        expected: city.now(id).await,
    };
    reviews::send_back(&city.city.app, &city.reviewer, id, &input)
        .await
        .unwrap();
}

async fn handed_in_again(
    city: &RoundCity,
    chair: &Actor,
    id: &ApplicationId,
) -> Result<State, jianjia_app::core::error::Error> {
    let expected = city.now(id).await;
    applications::submit(&city.city.app, chair, id, &expected)
        .await
        .map(|application| application.state)
}

/// The days as of which the unit's kept judgements were made, oldest first.
async fn judged_as_of(city: &RoundCity, unit: &UnitPlace) -> Vec<Date> {
    let mut tx = city.city.app.db.read().await.unwrap();
    let mut kept = judgement::of_unit(&mut tx, &unit.id, 2016).await.unwrap();
    kept.reverse();
    kept.into_iter().map(|kept| kept.as_of).collect()
}

#[tokio::test]
async fn a_correction_in_november_does_not_make_october_fall_due_and_what_is_said_in_it_counts() {
    for city in cities().await {
        let app = &city.city.app;
        idle_from_october(&city, &city.union).await;
        let id = city.at_the_district().await;
        returned(&city, &id).await;
        city.on(2016, 11, 8);
        // A correction that makes it worse is seen at once.
        let members = |count: i64| {
            ["members", "cards_issued", "cards_used"]
                .map(|fact| (fact.to_owned(), json!(count)))
                .into()
        };
        city.says(&city.union, None, members(170)).await;
        assert_eq!(
            told(handed_in_again(&city, &city.chair, &id).await),
            "现在还不能申报模范职工之家：入会率90%（M1b），再发展 10 名会员。补齐后再来，其他内容都已保留。"
        );
        let view = applications::view(app, &city.chair, &id).await.unwrap();
        assert_eq!(view.as_of, Some(date(2016, 10, 20)));
        assert_eq!(view.because.len(), 1, "{:?}", view.because);
        city.says(&city.union, None, members(200)).await;
        assert_eq!(
            handed_in_again(&city, &city.chair, &id).await.unwrap(),
            State::UnderReview { step: 1 }
        );
        city.on(2016, 11, 28);
        let desk = reviews::desk(app, &city.approver, &id).await.unwrap();
        assert_eq!(desk.view.because, []);
        let named = reviews::decide(app, &city.approver, &id, &city.opinion(&id).await)
            .await
            .unwrap();
        assert_eq!(named.state.key(), "named");
        assert_eq!(
            judged_as_of(&city, &city.union).await,
            [date(2016, 10, 20); 3]
        );
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
        // Whoever hands in first in November would be asked for October: the day is the applicant's own.
        let (late, late_chair) = city.another("晚来的工会").await;
        city.holds(&late, None, "qualified-home", 2016).await;
        idle_from_october(&city, &late).await;
        let offers = applications::of_unit(app, &late_chair, &late.id, 2016, None)
            .await
            .unwrap()
            .offers;
        let because: Vec<&str> = offers
            .iter()
            .filter(|offer| offer.title == "model-home")
            .flat_map(|offer| &offer.because)
            .map(|text| text.zh.as_str())
            .collect();
        assert_eq!(because, ["每月有活动（M5c），还差 1 次活动（2016年10月）"]);
    }
}

#[tokio::test]
async fn recommending_and_naming_in_the_next_year_still_judge_the_day_of_the_first_submission() {
    for city in cities().await {
        let app = &city.city.app;
        let (union, chair) = city.another("甲厂工会").await;
        city.holds(&union, None, "model-home", 2015).await;
        idle_from_october(&city, &union).await;
        let id = city.applied(&chair, &union, "trusted-home").await.id;
        city.endorsed(&id).await;
        returned(&city, &id).await;
        city.on(2016, 11, 8);
        handed_in_again(&city, &chair, &id).await.unwrap();
        city.on(2016, 11, 25);
        city.gives_places(0, 1).await;
        city.looked_through(&id).await;
        let chosen = [(id, city.read(&id).await.revision)];
        let district = &city.district.id;
        recommendations::recommend(
            app,
            &city.approver,
            2016,
            "trusted-home",
            district,
            &chosen,
            "r",
        )
        .await
        .unwrap();
        city.on(2017, 3, 8);
        let preview = namings::preview(app, &city.leader, 2016, "trusted-home", &[id])
            .await
            .unwrap();
        let input = ConfirmInput {
            seen: preview.lines.iter().map(|line| line.token()).collect(),
            document_number: "常工发〔2017〕5号".to_owned(),
            request_key: "n".to_owned(),
        };
        let naming = namings::confirm(app, &city.leader, 2016, "trusted-home", &input)
            .await
            .unwrap();
        assert_eq!(naming.named.len(), 1);
        assert_eq!(judged_as_of(&city, &union).await, [date(2016, 10, 20); 4]);
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}
