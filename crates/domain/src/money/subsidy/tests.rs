use std::path::Path;

use jianjia_standard::{Standard, load, programme::subsidy::BaseRule};
use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::*;
use crate::{
    check::outcome::EffectLifting,
    core::{
        ids::{CheckEffectId, HonourId, VisitId},
        place::UnitKind,
        policy::any_permit,
        refusal::Refuse,
    },
    honour::honour::{HonourSource, HonourState},
    register::unit::{UnitDetails, UnitState},
};

fn changzhou() -> Standard {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
    load::folder(&folder).unwrap()
}

fn at(day: &str) -> Timestamp {
    format!("{day}T04:00:00Z").parse().unwrap()
}

fn village(division: &str) -> Unit {
    Unit {
        id: UnitId(Uuid::from_u128(9)),
        number: 9,
        parent_id: None,
        path: "/1/2/9/".to_owned(),
        kind: UnitKind::Village,
        details: UnitDetails {
            name: "河海村工会联合会".to_owned(),
            division: division.to_owned(),
            ..UnitDetails::default()
        },
        sort_key: String::new(),
        state: UnitState::Active,
        ended_on: None,
        successor_id: None,
        revision: 1,
        created_at: Timestamp::UNIX_EPOCH,
        changed_at: Timestamp::UNIX_EPOCH,
    }
}

fn trusted(year: i16) -> Honour {
    let unit = village("320411001003");
    Honour {
        id: HonourId(Uuid::from_u128(21)),
        title: "trusted-home".to_owned(),
        level: jianjia_standard::kinds::HonourLevel::City,
        year,
        unit: unit.id,
        unit_path: unit.path,
        unit_kind: unit.kind,
        division: unit.details.division,
        holder_name: unit.details.name,
        holder_sort_key: String::new(),
        person: None,
        person_name: String::new(),
        number: String::new(),
        begun_on: date(year + 1, 3, 1),
        state: HonourState::InForce,
        reconfirmed: false,
        reconfirmed_by: None,
        source: HonourSource::Named,
        named_by: None,
        application: None,
        batch: String::new(),
        revision: 1,
        recorded_at: Timestamp::UNIX_EPOCH,
    }
}

fn happened(number: u128, act: HonourAct, day: &str) -> HonourEvent {
    HonourEvent {
        id: Uuid::from_u128(number).simple().to_string(),
        honour: trusted(2016).id,
        act,
        reason: String::new(),
        document_number: String::new(),
        account: None,
        account_name: String::new(),
        at: at(day),
    }
}

fn found_short(year: i16, lifted: Option<&str>) -> CheckEffect {
    CheckEffect {
        id: CheckEffectId(Uuid::from_u128(31)),
        year,
        unit: village("").id,
        unit_path: String::new(),
        clause: "R4".to_owned(),
        visit: VisitId(Uuid::from_u128(41)),
        recorded_at: at(&format!("{}-02-09", year + 1)),
        recorded_by_name: String::new(),
        lifted: lifted.map(|day| EffectLifting {
            at: at(day),
            by_name: String::new(),
            reason: String::new(),
        }),
    }
}

/// What a village of Xinbei with a base of 10,000 yuan gets in 2018.
fn in_2018(
    held: &[Honour],
    happened: &[HonourEvent],
    effects: &[CheckEffect],
) -> Option<Entitlement> {
    let standard = changzhou();
    let events = events_of(
        &standard,
        &held.iter().collect::<Vec<_>>(),
        &happened.iter().collect::<Vec<_>>(),
        &effects.iter().collect::<Vec<_>>(),
    );
    let base = (BaseFact::Recorded(Some(1_000_000)), None);
    entitlement_of(&standard, &village("320411001003"), 2018, base, events)
}

#[test]
fn titles_and_findings_give_all_four_combinations() {
    let check = |held: &[Honour], effects: &[CheckEffect], expect: (i64, Change)| {
        let found = in_2018(held, &[], effects).unwrap().reckoned;
        assert_eq!(
            (found.amount_fen, found.change()),
            (Some(expect.0), expect.1)
        );
    };
    check(&[], &[], (1_000_000, Change::Plain));
    check(&[trusted(2016)], &[], (1_400_000, Change::Increase));
    check(&[], &[found_short(2017, None)], (800_000, Change::Cut));
    let both = (800_000, Change::Both);
    check(&[trusted(2016)], &[found_short(2017, None)], both);
    // Of another plan, or of the year before last.
    check(&[trusted(2015)], &[], (1_000_000, Change::Plain));
    check(&[], &[found_short(2016, None)], (1_000_000, Change::Plain));
}

#[test]
fn what_happened_to_a_title_tells_when_it_counts() {
    let amount = |happened: &[HonourEvent]| {
        let found = in_2018(&[trusted(2016)], happened, &[]).unwrap();
        found.reckoned.amount_fen.unwrap()
    };
    let suspended = happened(1, HonourAct::Suspended, "2018-03-20");
    let resumed = happened(2, HonourAct::Resumed, "2018-07-01");
    let revoked = happened(3, HonourAct::Revoked, "2018-09-30");
    assert_eq!(
        amount(&[happened(0, HonourAct::Named, "2017-03-01")]),
        1_400_000
    );
    assert_eq!(amount(std::slice::from_ref(&suspended)), 1_100_000);
    assert_eq!(amount(&[suspended.clone(), resumed.clone()]), 1_300_000);
    assert_eq!(amount(&[suspended, resumed, revoked.clone()]), 1_200_000);
    assert_eq!(amount(&[revoked]), 1_300_000);
    let lifted = in_2018(&[], &[], &[found_short(2017, Some("2018-05-02"))]);
    assert_eq!(lifted.unwrap().reckoned.amount_fen, Some(1_000_000));
}

#[test]
fn who_has_no_scheme_gets_nothing_and_who_has_no_place_is_told() {
    let standard = changzhou();
    let base = (BaseFact::Recorded(Some(1)), None);
    let of = |unit: &Unit| entitlement_of(&standard, unit, 2018, base, Events::default());
    let union = Unit {
        kind: UnitKind::Grassroots,
        ..village("320411001003")
    };
    assert_eq!(of(&union), None);
    assert_eq!(of(&village("320583001")), None);
    assert_eq!(of(&village("")), None);
    assert!(has_no_place(&standard, &village("")));
    assert!(!has_no_place(&standard, &village("320583001")));
    assert!(!has_no_place(&standard, &union));
    // Nobody recorded a base, so nobody knows the amount.
    let unknown = (BaseFact::Recorded(None), None);
    let unit = village("320411001003");
    let found = entitlement_of(&standard, &unit, 2018, unknown, Events::default());
    assert_eq!(found.unwrap().reckoned.amount_fen, None);
    let counted = standard.scheme("liyang").map(nothing_known);
    assert_eq!(counted, Some(BaseFact::Counted(None)));
}

#[test]
fn a_kept_result_is_reckoned_again_and_found_out_when_it_was_altered() {
    let standard = changzhou();
    let entitlement = in_2018(&[trusted(2016)], &[], &[]).unwrap();
    let unit = village("320411001003");
    let kept = Subsidy {
        id: SubsidyId(Uuid::from_u128(51)),
        reckoning: SubsidyReckoningId(Uuid::from_u128(52)),
        year: 2018,
        unit: unit.id,
        unit_path: unit.path,
        unit_name: unit.details.name,
        standard_version: standard.version.clone(),
        entitlement: entitlement.clone(),
        replaced_by: None,
    };
    assert!(recompute(&standard, &kept));
    assert!(!differs(Some(&kept), &entitlement));
    assert!(differs(None, &entitlement));
    let lost = [happened(3, HonourAct::Revoked, "2018-06-15")];
    let now = in_2018(&[trusted(2016)], &lost, &[]).unwrap();
    assert!(differs(Some(&kept), &now));
    let mut altered = kept.clone();
    altered.entitlement.reckoned.amount_fen = Some(1_500_000);
    assert!(!recompute(&standard, &altered));
    let mut altered = kept;
    altered.entitlement.sum.zh = "15,000.00".to_owned();
    assert!(!recompute(&standard, &altered));
}

#[test]
fn amounts_are_read_as_people_write_them() {
    let check = |typed: &str, expect: Result<i64, &str>| {
        let found = amount_of(typed);
        let found = found.as_ref().map(|fen| *fen).map_err(Refuse::key);
        assert_eq!(found, expect, "{typed}");
    };
    check("10000", Ok(1_000_000));
    check(" 10,000.50 元", Ok(1_000_050));
    check("¥１００００.5", Ok(1_000_050));
    check("0", Ok(0));
    check("1200.000", Ok(120_000));
    check("", Err("subsidy/amount-missing"));
    check("一万", Err("subsidy/amount-wrong"));
    check("-5", Err("subsidy/amount-wrong"));
    check("1,00", Err("subsidy/amount-wrong"));
    check("10.005", Err("subsidy/amount-wrong"));
    check("10.", Err("subsidy/amount-wrong"));
    check("10000000.01", Err("subsidy/amount-too-large"));
    check("99999999999999999999", Err("subsidy/amount-wrong"));
}

fn base(amount_fen: i64) -> Base {
    Base {
        id: SubsidyBaseId(Uuid::from_u128(61)),
        unit: village("").id,
        unit_path: "/1/2/9/".to_owned(),
        year: 2018,
        number: 1,
        amount_fen,
        source: BaseSource::Imported,
        note: String::new(),
        recorded_by: None,
        recorded_by_name: String::new(),
        recorded_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn a_base_is_recorded_once_and_corrected_with_grounds() {
    let standard = changzhou();
    let permit = any_permit(act::RecordSubsidyBase);
    let record = |unit: &Unit, (amount, note, seen): (&str, &str, i64), standing: Option<&Base>| {
        let input = BaseInput {
            year: 2018,
            amount: String::from(amount),
            note: String::from(note),
            seen,
        };
        let done = record_base(&standard, &permit, unit, &input, standing);
        done.map(|new| new.map(|new| (new.number, new.amount_fen)))
            .map_err(|refusal| match refusal {
                crate::core::refusal::Refusal::Fields(fields) => {
                    let keys = fields
                        .iter()
                        .map(|(field, why)| format!("{field} {}", why.key()));
                    keys.collect::<Vec<_>>().join(", ")
                }
                told => told.key().to_owned(),
            })
    };
    let unit = village("320411001003");
    let told = |words: &str| Err(words.to_owned());
    assert_eq!(
        record(&unit, ("10000", "", 0), None),
        Ok(Some((1, 1_000_000)))
    );
    let standing = base(1_000_000);
    assert_eq!(record(&unit, ("10000", "", 1), Some(&standing)), Ok(None));
    let stale = record(&unit, ("12000", "按人数", 0), Some(&standing));
    assert_eq!(stale, told("stale"));
    let noted = record(&unit, ("10000", "常工发〔2018〕3号", 1), Some(&standing));
    assert_eq!(noted, Ok(Some((2, 1_000_000))));
    let without = record(&unit, ("12000", "", 1), Some(&standing));
    assert_eq!(without, told("note subsidy/note-missing"));
    let corrected = record(&unit, ("12000", "按人数", 1), Some(&standing));
    assert_eq!(corrected, Ok(Some((2, 1_200_000))));
    assert_eq!(
        record(&unit, ("x", "", 0), None),
        told("amount subsidy/amount-wrong")
    );
    let plain = ("10000", "", 0);
    assert_eq!(record(&village(""), plain, None), told("subsidy/no-place"));
    assert_eq!(
        record(&village("320583"), plain, None),
        told("subsidy/no-scheme")
    );
    assert_eq!(
        record(&village("320481"), plain, None),
        told("subsidy/counted")
    );
    let scheme = standard.scheme("liyang").unwrap();
    assert!(matches!(scheme.base, BaseRule::Counted { .. }));
}

#[test]
fn a_year_is_reckoned_again_only_for_a_reason_and_with_something_new() {
    let standard = changzhou();
    let permit = any_permit(act::ReckonSubsidies);
    let earlier = Reckoning {
        id: SubsidyReckoningId(Uuid::from_u128(71)),
        year: 2018,
        number: 1,
        standard_version: standard.version.clone(),
        reason: String::new(),
        units: 3,
        digest: String::new(),
        by: AccountId(Uuid::from_u128(72)),
        by_name: String::new(),
        at: Timestamp::UNIX_EPOCH,
    };
    let check = |year, earlier: Option<&Reckoning>, changed, reason, expect: Result<&str, &str>| {
        let done = reckon_year(&permit, &standard, (year, 2018), earlier, changed, reason);
        let done = done.as_deref().map_err(Refuse::key);
        assert_eq!(done, expect);
    };
    check(2018, None, 3, "", Ok(""));
    check(2018, Some(&earlier), 1, " 称号撤销 ", Ok("称号撤销"));
    check(2018, Some(&earlier), 1, " ", Err("subsidy/reason-missing"));
    check(2018, Some(&earlier), 0, "再算", Err("subsidy/nothing-new"));
    check(2019, None, 3, "", Err("subsidy/not-yet"));
    check(2021, None, 3, "", Err("subsidy/outside-programme"));
}
