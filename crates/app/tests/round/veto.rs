//! Stories of vetoes: recorded by a federation above, seen by the unit, lifted with a reason.

use jianjia_app::{
    core::error::{Error, Result},
    round::veto::{VetoFilter, find, lift, list, of_unit, record, unit_meant},
};
use jianjia_demo::testing;
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
        refusal::Refusal,
    },
    round::veto::VetoInput,
};
use jiff::civil::date;

fn input(clause: &str, source: &str) -> VetoInput {
    VetoInput {
        year: 2016,
        clause: clause.to_owned(),
        source: source.to_owned(),
        note: String::new(),
    }
}

fn told<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(Error::Refused(Refusal::Fields(fields))) => fields
            .iter()
            .map(|(field, refusal)| format!("{field}: {}", refusal.key()))
            .collect::<Vec<_>>()
            .join(", "),
        Err(Error::Refused(refusal)) => refusal.key().to_owned(),
        Err(Error::NotFound) => "not found".to_owned(),
        Err(Error::Internal(error)) => format!("failed: {error:#}"),
    }
}

#[tokio::test]
async fn a_federation_above_records_and_lifts_a_veto_that_the_unit_sees_on_both_engines() {
    for city in testing::both(date(2016, 10, 20)).await {
        let app = &city.app;
        let top = city.unit(None, UnitKind::City, "市总工会").await;
        let district = city
            .unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let other = city
            .unit(Some(&top), UnitKind::District, "钟楼区总工会")
            .await;
        let union = city
            .unit(Some(&district), UnitKind::Grassroots, "甲厂工会")
            .await;
        let branch = city.unit(Some(&union), UnitKind::Branch, "一车间").await;
        let reviewer = city.actor("审", &[(Role::Reviewer, &district)]).await;
        let stranger = city.actor("邻", &[(Role::Approver, &other)]).await;
        let chair = city.actor("主席", &[(Role::Chair, &union)]).await;

        let try_it = async |actor: &Actor, unit: &UnitPlace, input: VetoInput| {
            told(record(app, actor, &unit.id, &input).await)
        };
        let wages = input("V1", "市人社局函");
        assert_eq!(try_it(&stranger, &union, wages.clone()).await, "not found");
        assert_eq!(try_it(&chair, &union, wages.clone()).await, "not-your-role");
        assert_eq!(
            try_it(&reviewer, &branch, wages.clone()).await,
            "veto/of-its-unit"
        );
        let wrong = VetoInput {
            year: 2030,
            ..input("V99", " ")
        };
        assert_eq!(
            try_it(&reviewer, &union, wrong).await,
            "clause: veto/unknown-clause, year: veto/outside-programme, source: veto/no-source"
        );
        assert_eq!(try_it(&reviewer, &union, wages.clone()).await, "done");
        // A double click records it once; another source for the same clause is told off.
        assert_eq!(try_it(&reviewer, &union, wages).await, "done");
        assert_eq!(
            try_it(&reviewer, &union, input("V1", "市税务局函")).await,
            "veto/recorded-already"
        );

        let over = async |unit: &UnitPlace| {
            let vetoes = of_unit(app, &chair, &unit.id, 2016).await.unwrap();
            vetoes
                .into_iter()
                .map(|veto| (veto.clause, veto.source))
                .collect::<Vec<_>>()
        };
        let standing = [("V1".to_owned(), "市人社局函".to_owned())];
        assert_eq!(over(&union).await, standing);
        assert_eq!(
            over(&branch).await,
            standing,
            "a branch is under its unit's"
        );
        let listed = list(app, &chair, &VetoFilter::default(), 1).await.unwrap();
        assert_eq!(
            (listed.total, listed.lines[0].may_lift, listed.may_record),
            (1, false, false)
        );
        let elsewhere = list(app, &stranger, &VetoFilter::default(), 1)
            .await
            .unwrap();
        assert_eq!((elsewhere.total, elsewhere.may_record), (0, true));

        let id = listed.lines[0].veto.id;
        assert_eq!(told(lift(app, &stranger, &id, "已补发").await), "not found");
        assert_eq!(
            told(lift(app, &chair, &id, "已补发").await),
            "not-your-role"
        );
        assert_eq!(
            told(lift(app, &reviewer, &id, " ").await),
            "reason: veto/no-reason"
        );
        assert_eq!(told(lift(app, &reviewer, &id, "已补发").await), "done");
        assert_eq!(told(lift(app, &reviewer, &id, "已补发").await), "done");
        assert_eq!(
            told(lift(app, &reviewer, &id, "另一个理由").await),
            "veto/lifted-already"
        );
        assert_eq!(over(&union).await, []);
        let kept = find(app, &chair, &id).await.unwrap();
        let lifted = kept.veto.lifted.map(|lifted| lifted.reason);
        assert_eq!((lifted, kept.may_lift), (Some("已补发".to_owned()), false));
    }
}

#[tokio::test]
async fn the_unit_is_found_by_name_within_the_recorders_reach_on_both_engines() {
    for city in testing::both(date(2016, 10, 20)).await {
        let top = city.unit(None, UnitKind::City, "市总工会").await;
        let district = city
            .unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let other = city
            .unit(Some(&top), UnitKind::District, "钟楼区总工会")
            .await;
        let union = city
            .unit(Some(&district), UnitKind::Grassroots, "甲厂工会")
            .await;
        city.unit(Some(&other), UnitKind::Grassroots, "乙厂工会")
            .await;
        let reviewer = city.actor("审", &[(Role::Reviewer, &district)]).await;
        let app = &city.app;
        assert_eq!(
            unit_meant(app, &reviewer, " 甲厂工会 ").await.unwrap(),
            union
        );
        for unknown in ["", "乙厂工会"] {
            assert_eq!(
                told(unit_meant(app, &reviewer, unknown).await),
                "unit: veto/no-such-unit"
            );
        }
    }
}
