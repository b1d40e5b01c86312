use jianjia_standard::{
    Text,
    programme::{Bar, HonouredOf},
};
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::core::policy::any_permit;

fn honour(order: &[OrderRule]) -> HigherHonour {
    HigherHonour {
        key: "award".to_owned(),
        clause: "R2".to_owned(),
        name: Text::default(),
        of: HonouredOf::Units,
        requires: vec!["trusted-home".to_owned()],
        order: order.to_vec(),
        barred_by: vec![Bar::Veto],
    }
}

fn holder(number: u128) -> Holder {
    Holder {
        honour: HonourId(Uuid::from_u128(number)),
        title: "trusted-home".to_owned(),
        number: String::new(),
        since: date(2017, 3, 1),
        level: HonourLevel::City,
        unit: UnitId(Uuid::from_u128(number)),
        unit_path: format!("/1/{number}/"),
        unit_kind: UnitKind::Grassroots,
        unit_name: format!("{number} 厂工会"),
        person: None,
        person_name: String::new(),
        forwards: Vec::new(),
        satisfaction: None,
        stars: None,
        members: None,
        barred: Vec::new(),
    }
}

/// Who stands where, as `number:place`, barred ones with `-`.
fn check(order: &[OrderRule], holders: Vec<Holder>, expect: &[&str]) {
    let told: Vec<String> = ranked(&honour(order), 2018, holders)
        .iter()
        .map(|place| {
            let number = place.holder.honour.0.as_u128();
            match place.place {
                Some(place) => format!("{number}:{place}"),
                None => format!("{number}:-"),
            }
        })
        .collect();
    assert_eq!(told, expect, "{order:?}");
}

#[test]
fn each_rule_orders_and_what_is_not_known_stands_last() {
    let with = |change: fn(&mut Holder, u128)| -> Vec<Holder> {
        (1..=4)
            .map(|number| {
                let mut one = holder(number);
                change(&mut one, number);
                one
            })
            .collect()
    };
    let longest = with(|one, number| one.since = date(2020 - number as i16, 1, 1));
    check(
        &[OrderRule::HeldLongest],
        longest,
        &["4:1", "3:2", "2:3", "1:4"],
    );
    let members = with(|one, number| one.members = (number > 1).then_some(number as i64));
    check(
        &[OrderRule::Members],
        members,
        &["4:1", "3:2", "2:3", "1:4"],
    );
    // 9 of 10 and 90 of 100 are equal; 91 of 100 are more.
    let satisfied = with(|one, number| {
        one.satisfaction =
            [Some((9, 10)), Some((90, 100)), None, Some((91, 100))][number as usize - 1];
    });
    check(
        &[OrderRule::Satisfaction],
        satisfied,
        &["4:1", "1:2", "2:2", "3:4"],
    );
    let before = with(|one, number| {
        if number < 3 {
            one.forwards = vec![(2015 + number as i16, Outcome::NotAwarded)];
        }
        // This year's own changes nothing.
        if number == 3 {
            one.forwards = vec![(2018, Outcome::Waiting)];
        }
    });
    check(
        &[OrderRule::NotBefore],
        before,
        &["3:1", "4:1", "1:3", "2:3"],
    );
    let levels = with(|one, number| {
        if number == 3 {
            one.level = HonourLevel::Nation;
        }
    });
    check(&[OrderRule::Level], levels, &["3:1", "1:2", "2:2", "4:2"]);
    let stars = with(|one, number| one.stars = (number % 2 == 0).then_some(5));
    check(
        &[OrderRule::Stars, OrderRule::HeldLongest],
        stars,
        &["2:1", "4:1", "1:3", "3:3"],
    );
    let barred = with(|one, number| {
        if number == 1 {
            one.barred = vec![Barred::Veto("V1".to_owned())];
        }
    });
    check(&[], barred, &["2:1", "3:1", "4:1", "1:-"]);
}

#[test]
fn whoever_is_chosen_out_of_order_needs_a_reason_and_the_barred_are_not_chosen() {
    let mut holders: Vec<Holder> = (1..=4).map(holder).collect();
    for (place, one) in holders.iter_mut().enumerate() {
        one.since = date(2016, 1, 1 + place as i8);
    }
    holders[1].forwards = vec![(2018, Outcome::Waiting)];
    holders[3].barred = vec![Barred::Entry("V2".to_owned())];
    let places = ranked(&honour(&[OrderRule::HeldLongest]), 2018, holders);
    let token = |number: u128| vec![HonourId(Uuid::from_u128(number)).to_string()];
    let passed = |tokens: &[String]| -> Result<Vec<usize>, PriorityRefusal> {
        let chosen = choose(&places, 2018, tokens)?;
        Ok(chosen.iter().map(|one| one.passed_over).collect())
    };
    assert_eq!(passed(&token(1)), Ok(vec![0]));
    // The first is passed over; the second was put forward already.
    assert_eq!(passed(&token(3)), Ok(vec![1]));
    assert_eq!(passed(&[token(3), token(1)].concat()), Ok(vec![0, 0]));
    assert_eq!(passed(&[]), Err(PriorityRefusal::NoneChosen));
    assert_eq!(passed(&token(9)), Err(PriorityRefusal::NotHolder));
    assert!(matches!(
        passed(&token(2)),
        Err(PriorityRefusal::IsForward { .. })
    ));
    assert!(matches!(
        passed(&token(4)),
        Err(PriorityRefusal::IsBarred { .. })
    ));
    let permit = any_permit(act::PutForward);
    let out_of_order = choose(&places, 2018, &token(3)).unwrap();
    assert!(put_forward(&out_of_order, &permit, " ").is_err());
    assert_eq!(
        put_forward(&out_of_order, &permit, " 本人申请放弃 "),
        Ok("本人申请放弃".to_owned())
    );
    let in_order = choose(&places, 2018, &token(1)).unwrap();
    assert_eq!(put_forward(&in_order, &permit, ""), Ok(String::new()));
}

#[test]
fn what_came_of_it_is_of_a_day_between_the_recommendation_and_today() {
    let forward = Forward {
        id: ForwardId(Uuid::from_u128(1)),
        year: 2018,
        honour: "award".to_owned(),
        title_held: HonourId(Uuid::from_u128(1)),
        title_state: HonourState::InForce,
        title: "trusted-home".to_owned(),
        unit: UnitId(Uuid::from_u128(1)),
        unit_path: "/1/1/".to_owned(),
        unit_name: "甲厂工会".to_owned(),
        person: None,
        person_name: String::new(),
        place: 1,
        of: 3,
        passed_over: 0,
        reason: String::new(),
        by: AccountId(Uuid::from_u128(7)),
        by_name: "市审批".to_owned(),
        at: "2018-04-10T02:00:00Z".parse().unwrap(),
        came: None,
    };
    let permit = any_permit(act::PutForward);
    let today = date(2018, 5, 2);
    let check = |outcome: &str, on: &str, expect: Result<Outcome, &str>| {
        let input = CameInput {
            outcome: outcome.to_owned(),
            on: on.to_owned(),
            ..CameInput::default()
        };
        let said = came(&forward, &permit, &input, "市审批", (today, forward.at));
        let said = said.map(|came| came.outcome);
        match (&said, expect) {
            (Ok(said), Ok(expect)) => assert_eq!(*said, expect),
            (Err(Refusal::Fields(fields)), Err(expect)) => assert_eq!(fields[0].0, expect),
            _ => panic!("{outcome} {on}: {said:?}"),
        }
    };
    check("awarded", "2018-04-10", Ok(Outcome::Awarded));
    check("not-awarded", "2018-05-02", Ok(Outcome::NotAwarded));
    check("awarded", "2018-04-09", Err("on"));
    check("awarded", "2018-05-03", Err("on"));
    check("awarded", "", Err("on"));
    check("perhaps", "2018-05-01", Err("outcome"));
    assert_eq!(forward.outcome(), Outcome::Waiting);
}
