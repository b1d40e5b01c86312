//! Who inspects.

use std::collections::BTreeSet;

use super::*;
use crate::check::visit::{LeavingBy, VisitInspector};

fn inspector(number: u128, districts: &[&str]) -> Inspector {
    Inspector {
        check: SpotCheckId(Uuid::from_u128(9)),
        account: AccountId(Uuid::from_u128(number)),
        unit: UnitId(Uuid::from_u128(2)),
        unit_name: "联合会".to_owned(),
        name: format!("检查{number}"),
        districts: districts.iter().map(|&number| number.to_owned()).collect(),
        state: InspectorState::Confirmed,
    }
}

fn inspectors() -> Vec<Inspector> {
    vec![
        inspector(1, &["2"]),
        inspector(2, &["2", "3"]),
        inspector(3, &["3"]),
        inspector(4, &["5"]),
        inspector(5, &["5"]),
        inspector(6, &["6"]),
    ]
}

#[test]
fn inspectors_come_from_other_districts_and_share_the_work() {
    let published = published().unwrap();
    let visits = drawn(&published, "03071519223108").unwrap();
    let inspectors = inspectors();
    too_few(&published.strata, &inspectors, 2).unwrap();
    let assigned = assign(&published.check, "03071519223108", &visits, &inspectors).unwrap();
    assert_eq!(assigned.len(), visits.len() * 2);
    let of = |account: AccountId| {
        inspectors
            .iter()
            .find(|inspector| inspector.account == account)
            .unwrap()
    };
    for visit in &visits {
        let who: Vec<&VisitInspector> = assigned
            .iter()
            .filter(|one| one.visit == visit.id)
            .collect();
        assert_eq!(who.iter().map(|one| one.place).collect::<Vec<_>>(), [1, 2]);
        assert_ne!(who[0].account, who[1].account);
        for one in who {
            assert!(!barred(of(one.account), &visit.unit_path), "{one:?}");
        }
    }
    let again = assign(&published.check, "03071519223108", &visits, &inspectors).unwrap();
    assert_eq!(assigned, again);
    // Those who may go everywhere have about as many as each other.
    let load = |number: u128| {
        let account = AccountId(Uuid::from_u128(number));
        assigned.iter().filter(|one| one.account == account).count()
    };
    assert!(load(4).abs_diff(load(5)) <= 1 && load(5).abs_diff(load(6)) <= 1);
    let district = |refusal: SpotCheckRefusal| match refusal {
        SpotCheckRefusal::TooFewInspectors {
            district,
            found,
            needed,
        } => (district, found, needed),
        other => panic!("{other:?}"),
    };
    let few = too_few(&published.strata, &inspectors[..3], 2).unwrap_err();
    assert_eq!(district(few), ("单位2".to_owned(), 1, 2));
}

#[test]
fn somebody_with_a_conflict_is_replaced_by_the_next_who_may_come() {
    let published = published().unwrap();
    let seed = "03071519223108";
    let visits = drawn(&published, seed).unwrap();
    let inspectors = inspectors();
    let mut assigned = assign(&published.check, seed, &visits, &inspectors).unwrap();
    let able = Able {
        inspectors: inspectors.clone(),
        ..Able::default()
    };
    let visit = visits.iter().find(|visit| visit.stratum == "2-high");
    let visit = visit.unwrap();
    let mut asked = BTreeSet::new();
    // Four of the six may come to a home of district 2; two were drawn.
    for _ in 0..2 {
        let place = assigned
            .iter()
            .position(|one| one.visit == visit.id && one.place == 1 && one.left.is_none())
            .unwrap();
        let left = assigned[place].clone();
        assert!(asked.insert(left.account));
        let conflict = declare(visit, &left, " 曾在那里任职 ", now()).unwrap();
        assert_eq!(conflict.reason, "曾在那里任职");
        let successor = replace(seed, visit, &left, &conflict, &able, &assigned).unwrap();
        assert_eq!(
            replace(seed, visit, &left, &conflict, &able, &assigned).unwrap(),
            successor
        );
        assert_eq!(successor.place, 1);
        let of = inspectors
            .iter()
            .find(|one| one.account == successor.account)
            .unwrap();
        assert!(!barred(of, &visit.unit_path) && !asked.contains(&successor.account));
        assigned[place].left = Some(conflict);
        assigned.push(successor);
    }
    let left = assigned.last().unwrap().clone();
    let conflict = declare(visit, &left, "亲属在那里工作", now()).unwrap();
    let refused = replace(seed, visit, &left, &conflict, &able, &assigned).unwrap_err();
    assert_eq!(refused.key(), "spot-check/no-inspector-left");
    let no_reason = declare(visit, &left, " ", now()).unwrap_err();
    let Refusal::Fields(fields) = no_reason else {
        panic!("{no_reason:?}")
    };
    assert_eq!(fields[0].1.key(), "spot-check/no-reason");
}

fn candidate(number: u128, paths: &[&str]) -> Candidate {
    Candidate {
        account: AccountId(Uuid::from_u128(number)),
        unit: UnitId(Uuid::from_u128(2)),
        unit_name: "联合会".to_owned(),
        name: format!("检查{number}"),
        paths: paths.iter().map(|&path| path.to_owned()).collect(),
    }
}

#[test]
fn who_can_inspect_is_asked_again_and_others_are_drawn_from_where_too_few_are_left() {
    let published = published().unwrap();
    let check = published.check.id;
    let numbers = |inspectors: &[Inspector]| -> Vec<u128> {
        let accounts = inspectors.iter().map(|one| one.account);
        accounts.map(|account| account.0.as_u128()).collect()
    };
    // The second one moved to district 5 meanwhile, and stays of 2 and 3 as well.
    let today = vec![
        candidate(2, &["/1/5/"]),
        candidate(4, &["/1/5/"]),
        candidate(5, &["/1/5/"]),
        candidate(6, &["/1/6/"]),
        candidate(7, &["/1/7/"]),
    ];
    let asked = able(check, &inspectors(), today);
    assert_eq!(numbers(&asked.inspectors), [2, 4, 5, 6]);
    assert_eq!(numbers(&asked.left_out), [1, 3]);
    assert_eq!(numbers(&asked.others), [7]);
    let moved = &asked.inspectors[0].districts;
    assert_eq!(moved.iter().collect::<Vec<_>>(), ["2", "3", "5"]);
    assert_eq!(asked.left_out[0].state, InspectorState::LeftOut);
    // Enough are left: nobody else is drawn from.
    let drawn_from = asked.to_draw_from(&published.strata, 2).unwrap();
    assert_eq!(drawn_from, asked.inspectors);
    // Too few: everybody who could be confirmed is.
    let few = able(
        check,
        &inspectors()[..1],
        vec![candidate(8, &["/1/8/"]), candidate(9, &["/1/9/"])],
    );
    let drawn_from = few.to_draw_from(&published.strata, 2).unwrap();
    assert_eq!(numbers(&drawn_from), [8, 9]);
    assert_eq!(drawn_from[0].state, InspectorState::CalledIn);
    let nobody = able(check, &inspectors(), Vec::new());
    let refused = nobody.to_draw_from(&published.strata, 2).unwrap_err();
    assert_eq!(refused.key(), "spot-check/too-few-inspectors");
}

#[test]
fn the_city_releases_an_inspector_from_a_visit_that_was_not_made_with_a_reason() {
    let published = published().unwrap();
    let seed = "03071519223108";
    let visits = drawn(&published, seed).unwrap();
    let drawn = assign(&published.check, seed, &visits, &inspectors()).unwrap();
    let permit = any_permit(act::HoldSpotCheck);
    let leaving = release(&permit, &visits[0], &drawn[0], " 岗位变动 ", now()).unwrap();
    assert_eq!(
        (leaving.by, leaving.reason.as_str()),
        (LeavingBy::Release, "岗位变动")
    );
    let key = |visit: &Visit, one: &VisitInspector, reason: &str| match release(
        &permit,
        visit,
        one,
        reason,
        now(),
    )
    .unwrap_err()
    {
        Refusal::Fields(fields) => fields[0].1.key(),
        refusal => refusal.key(),
    };
    assert_eq!(
        key(&visits[0], &drawn[0], " "),
        "spot-check/no-release-reason"
    );
    let gone = VisitInspector {
        left: Some(leaving),
        ..drawn[0].clone()
    };
    assert_eq!(
        key(&visits[0], &gone, "再换"),
        "spot-check/released-already"
    );
    let made = Visit {
        state: VisitState::Closed,
        ..visits[0].clone()
    };
    assert_eq!(key(&made, &drawn[0], "再换"), "spot-check/visit-is-over");
}
