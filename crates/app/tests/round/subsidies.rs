//! Stories of yearly subsidies: what each village gets, what a lost title and a lifted finding do to it, and who may see and do what.

use std::collections::BTreeMap;

use jianjia_app::{
    exchange::{
        import::{exports, machine},
        verification,
    },
    honour::honour::{ChangeInput, change},
    money::{
        bank,
        grant::{self as grants, GrantFilter},
        ledger, payment as payments,
        spending::{self, TakingForm},
        subsidy::{
            self as subsidies, SubsidyFilter,
            base::{self as bases, BasesAsked},
            granted::Granted,
            reckoning::{self as reckonings, ReckonInput},
        },
    },
};
use jianjia_domain::{
    check::outcome::{CheckEffect, EffectLifting},
    core::{
        audit::{deed::Deed, object::Object},
        ids::{CheckEffectId, GrantListId, StatementId, UnitId, VisitId},
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    exchange::import::ImportKind,
    honour::honour::HonourAct,
    money::{
        bank::BankForm,
        grant::DraftRow,
        ledger::TakingBack,
        subsidy::{BaseInput, Reckoning},
    },
    year::statement::{Source, Statement},
};
use jianjia_standard::{Lang, subsidy::Change};
use jianjia_store::{
    check::outcome as effects, core::db::Tx, honour::honour as honours, year::statement,
};
use serde_json::json;

use super::{
    city::{RoundCity, cities},
    key,
};

/// The year that is reckoned.
const YEAR: i16 = 2017;

struct Villages {
    city: RoundCity,
    plain: UnitPlace,
    titled: UnitPlace,
    short: UnitPlace,
    both: UnitPlace,
    /// Of a district with a scheme of its own.
    liyang: UnitPlace,
    visit: VisitId,
}

async fn villages() -> Vec<Villages> {
    let mut all = Vec::new();
    for city in cities().await {
        city.on(2017, 2, 1);
        let make = async |name: &str, division: &str| {
            let upper = Some(&city.township);
            let village = city.city.unit(upper, UnitKind::Village, name).await;
            lies_in(&city, &village, division).await;
            village
        };
        let plain = make("朝阳村工会联合会", "320402001001").await;
        let titled = make("红梅村工会联合会", "320402001002").await;
        let short = make("青龙村工会联合会", "320402001003").await;
        let both = make("丁堰村工会联合会", "320402001004").await;
        let liyang = make("城东村工会联合会", "320481001001").await;
        for village in [&titled, &both] {
            city.holds(village, None, "trusted-home", 2016).await;
        }
        let visit = VisitId(city.city.app.entropy.id(city.city.app.now()));
        for village in [&short, &both] {
            found_short(&city, village, visit).await;
        }
        for village in [&plain, &titled, &short, &both] {
            record(&city, village, "10000", "", 0).await.unwrap();
        }
        all.push(Villages {
            plain,
            titled,
            short,
            both,
            liyang,
            visit,
            city,
        });
    }
    all
}

async fn lies_in(city: &RoundCity, unit: &UnitPlace, division: &str) {
    let mut tx = city.city.app.db.write("test").await.unwrap();
    let moved = sqlx::query("UPDATE unit SET division = $2 WHERE id = $1")
        .bind(unit.id.to_string())
        .bind(division.to_owned())
        .execute(&mut *tx)
        .await;
    moved.unwrap();
    jianjia_store::core::changed::everywhere(&mut tx);
    jianjia_demo::testing::keep(&city.city.app, tx).await;
}

/// As the city decides on a red visit of the spot check of 2016.
async fn found_short(city: &RoundCity, unit: &UnitPlace, visit: VisitId) {
    let app = &city.city.app;
    let effect = CheckEffect {
        id: CheckEffectId(app.entropy.id(app.now())),
        year: YEAR - 1,
        unit: unit.id,
        unit_path: unit.path.clone(),
        clause: "R4".to_owned(),
        visit,
        recorded_at: app.now(),
        recorded_by_name: "钱".to_owned(),
        lifted: None,
    };
    let mut tx = app.db.write("test").await.unwrap();
    assert!(effects::record_effect(&mut tx, &effect).await.unwrap());
    jianjia_demo::testing::keep(app, tx).await;
}

async fn record(
    city: &RoundCity,
    unit: &UnitPlace,
    amount: &str,
    note: &str,
    seen: i64,
) -> Result<(), jianjia_app::core::error::Error> {
    let input = BaseInput {
        year: YEAR,
        amount: amount.to_owned(),
        note: note.to_owned(),
        seen,
    };
    bases::record(&city.city.app, &city.leader, &unit.id, &input).await
}

impl Villages {
    async fn reckons(&self, reason: &str) -> Reckoning {
        let app = &self.city.city.app;
        let leader = &self.city.leader;
        let seen = reckonings::preview(app, leader, YEAR).await.unwrap().digest;
        let reason = reason.to_owned();
        let input = ReckonInput { seen, reason };
        let done = reckonings::reckon(app, leader, YEAR, &input).await.unwrap();
        // Pressed twice, it is reckoned once.
        let again = reckonings::reckon(app, leader, YEAR, &input).await.unwrap();
        assert_eq!(done, again);
        done
    }

    /// What somebody sees: name, sum and change.
    async fn seen_by(&self, actor: &Actor) -> Vec<(String, String, Change)> {
        let filter = SubsidyFilter {
            year: YEAR,
            ..SubsidyFilter::default()
        };
        let app = &self.city.city.app;
        let page = subsidies::list(app, actor, &filter, None, 1).await.unwrap();
        let told = page.lines.into_iter().map(|line| {
            let change = line.change();
            (line.unit_name, line.entitlement.sum.zh, change)
        });
        told.collect()
    }

    /// Whose grant is another amount than is reckoned by now: name, what was granted, what is missing.
    async fn differing(&self, actor: &Actor) -> Vec<(String, Granted)> {
        let filter = SubsidyFilter {
            year: YEAR,
            only_differing: true,
            ..SubsidyFilter::default()
        };
        let app = &self.city.city.app;
        let page = subsidies::list(app, actor, &filter, None, 1).await.unwrap();
        let (told, total) = subsidies::export(app, actor, &filter, None, (50, 0))
            .await
            .unwrap();
        assert_eq!((page.lines.len(), page.total), (told.len(), total));
        let told = told.into_iter().map(|(line, granted)| {
            assert_eq!(page.granted.get(&line.unit), granted.as_ref());
            (line.unit_name, granted.unwrap())
        });
        told.collect()
    }

    /// Grants a list as it is kept.
    async fn grants(&self, list: jianjia_app::core::error::Result<GrantListId>) {
        let app = &self.city.city.app;
        let leader = &self.city.leader;
        grants::confirm_list(app, leader, &list.unwrap(), 1)
            .await
            .unwrap();
    }

    /// Releases all that is granted, and pays what goes to the plain one: of the others nobody said where.
    async fn pays_plain(&self) {
        let (app, leader) = (&self.city.city.app, &self.city.leader);
        let roles = [(Role::Reviewer, &self.city.top)];
        let cashier = self.city.city.actor("出纳小吴", &roles).await;
        let filter = GrantFilter {
            year: YEAR,
            ..GrantFilter::default()
        };
        let page = grants::page(app, leader, &filter, 1).await.unwrap();
        let made = page.grants.iter();
        let made: Vec<_> = made.map(|grant| (grant.id, grant.revision)).collect();
        grants::release(app, leader, &made).await.unwrap();
        let form = BankForm {
            account_name: self.plain.name.clone(),
            bank: "江南农村商业银行".to_owned(),
            account: "1105 0212 3456 7890".to_owned(),
        };
        bank::say(app, leader, &self.plain.id, &form, 0)
            .await
            .unwrap();
        let preview = payments::preview(app, &cashier, YEAR).await.unwrap();
        let run = payments::prepare(app, &cashier, YEAR, &preview.digest, "")
            .await
            .unwrap();
        payments::approve(app, leader, &run, 1).await.unwrap();
        payments::settle(app, &cashier, &run, &[], 2).await.unwrap();
    }

    /// What would be new, by name: the sum.
    async fn foreseen(&self) -> Vec<(String, String)> {
        let app = &self.city.city.app;
        let preview = reckonings::preview(app, &self.city.leader, YEAR).await;
        let lines = preview.unwrap().lines.into_iter();
        lines
            .map(|line| (line.unit.name, line.now.sum.get(Lang::Zh).to_owned()))
            .collect()
    }

    async fn holds(&self, unit: &UnitPlace) -> jianjia_domain::honour::honour::Honour {
        let mut tx = self.city.city.app.db.read().await.unwrap();
        let held = honours::of_holder(&mut tx, &unit.id, None).await.unwrap();
        held.into_iter().next().unwrap()
    }

    async fn verifies(&self) {
        let found = verification::verify(&self.city.city.app).await.unwrap();
        assert_eq!(found.faults, [""; 0]);
    }

    async fn counts(&self, unit: &UnitPlace, members: u64) {
        let app = &self.city.city.app;
        let said = Statement {
            id: StatementId(app.entropy.id(app.now())),
            unit: unit.id,
            unit_path: unit.path.clone(),
            person: None,
            year: YEAR,
            source: Source::Union,
            facts: BTreeMap::from([("members".to_owned(), json!(members))]),
            said_by: None,
            said_by_name: String::new(),
            said_at: app.now(),
            request_key: None,
        };
        let mut tx = app.db.write("test").await.unwrap();
        statement::insert(&mut tx, &[said]).await.unwrap();
        jianjia_demo::testing::keep(app, tx).await;
    }
}

const PLAIN: &str = "10,000.00";
const TITLED: &str = "10,000.00 + 40%（R3，信赖职工之家 2016）= 14,000.00";
const SHORT: &str = "10,000.00 − 20%（R4，2016年抽查未达标）= 8,000.00";
const BOTH: &str = "10,000.00 − 20%（R4，2016年抽查未达标）= 8,000.00；+ 40%（R3，信赖职工之家 2016）因同时下调，暂停";
const UNCOUNTED: &str = "基数还不知道（年度表没有“会员人数”），金额还不知道";

fn owned(lines: &[(&UnitPlace, &str)]) -> Vec<(String, String)> {
    let lines = lines.iter();
    lines
        .map(|(unit, sum)| (unit.name.clone(), (*sum).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_village_gets_its_subsidy_in_all_four_combinations_and_by_its_districts_own_scheme() {
    for villages in villages().await {
        let expect = owned(&[
            (&villages.plain, PLAIN),
            (&villages.titled, TITLED),
            (&villages.short, SHORT),
            (&villages.both, BOTH),
            (&villages.liyang, UNCOUNTED),
        ]);
        assert_eq!(villages.foreseen().await, expect);
        let done = villages.reckons("").await;
        assert_eq!((done.number, done.units), (1, 5));
        let seen = villages.seen_by(&villages.city.leader).await;
        let told: Vec<(String, String)> = seen
            .iter()
            .map(|(name, sum, _)| (name.clone(), sum.clone()))
            .collect();
        assert_eq!(told, expect);
        let changes: Vec<Change> = seen.iter().map(|(.., change)| *change).collect();
        assert_eq!(
            changes,
            [
                Change::Plain,
                Change::Increase,
                Change::Cut,
                Change::Both,
                Change::Plain
            ]
        );
        // The members of the year's sheet are what the other district counts.
        villages.counts(&villages.liyang, 250).await;
        let counted = owned(&[(&villages.liyang, "会员人数 250 × 20.00 = 5,000.00")]);
        assert_eq!(villages.foreseen().await, counted);
        villages.reckons("年度表补齐了会员人数").await;
        let mut tx = villages.city.city.app.db.read().await.unwrap();
        let settled = subsidies::settled(&mut tx, YEAR).await.unwrap();
        drop(tx);
        let amounts: Vec<(UnitId, i64)> = settled
            .iter()
            .map(|settled| (settled.unit, settled.amount_fen))
            .collect();
        assert_eq!(
            amounts,
            [
                (villages.plain.id, 1_000_000),
                (villages.titled.id, 1_400_000),
                (villages.short.id, 800_000),
                (villages.both.id, 800_000),
                (villages.liyang.id, 500_000),
            ]
        );
        assert_eq!(settled[1].sum.zh, TITLED);
        villages.verifies().await;
    }
}

#[tokio::test]
async fn a_title_lost_in_mid_year_and_a_finding_lifted_are_shown_and_reckoned_again() {
    for villages in villages().await {
        let app = &villages.city.city.app;
        villages.reckons("").await;
        villages.city.on(2017, 6, 15);
        let honour = villages.holds(&villages.titled).await;
        let input = ChangeInput {
            reason: "年中发现不符合条件".to_owned(),
            document_number: String::new(),
            revision: honour.revision,
        };
        change(
            app,
            &villages.city.leader,
            &honour.id,
            HonourAct::Revoked,
            &input,
        )
        .await
        .unwrap();
        let lifting = EffectLifting {
            at: app.now(),
            by_name: "钱".to_owned(),
            reason: "数据有误".to_owned(),
        };
        let mut tx = app.db.write("test").await.unwrap();
        let lifted = effects::lift_effects(&mut tx, &villages.visit, &lifting).await;
        assert_eq!(lifted.unwrap(), 2);
        jianjia_demo::testing::keep(app, tx).await;
        // Nothing changes before the city reckons again; what would change is shown.
        let before = villages.seen_by(&villages.city.leader).await;
        assert_eq!(before[1].1, TITLED);
        let half = "10,000.00 + 40% × 6/12（R3，信赖职工之家 2016）= 12,000.00";
        let expect = owned(&[
            (&villages.titled, half),
            (&villages.short, PLAIN),
            (&villages.both, TITLED),
        ]);
        assert_eq!(villages.foreseen().await, expect);
        let view = subsidies::of_unit(app, &villages.city.leader, &villages.titled.id).await;
        let now = view.unwrap().years[0].now.clone().unwrap();
        assert_eq!(now.sum.zh, half);
        let leader = &villages.city.leader;
        let seen = reckonings::preview(app, leader, YEAR).await.unwrap().digest;
        let silent = ReckonInput {
            seen: seen.clone(),
            reason: String::new(),
        };
        let refused = reckonings::reckon(app, leader, YEAR, &silent).await;
        assert_eq!(key(refused), "subsidy/reason-missing");
        let old = ReckonInput {
            seen: "another".to_owned(),
            reason: "称号撤销".to_owned(),
        };
        let refused = reckonings::reckon(app, leader, YEAR, &old).await;
        assert_eq!(key(refused), "stale");
        let done = villages.reckons("称号撤销，认定撤回").await;
        assert_eq!((done.number, done.units), (2, 3));
        let after = villages.seen_by(leader).await;
        let sums: Vec<&str> = after.iter().map(|(_, sum, _)| sum.as_str()).collect();
        assert_eq!(sums, [PLAIN, half, PLAIN, TITLED, UNCOUNTED]);
        // What was reckoned first stays beside it.
        let view = subsidies::of_unit(app, leader, &villages.titled.id)
            .await
            .unwrap();
        let year = &view.years[0];
        assert_eq!(year.earlier.len(), 1);
        assert_eq!(year.earlier[0].entitlement.sum.zh, TITLED);
        assert_eq!(year.now, None);
        // The same form sent again is answered with what it did; another one finds nothing to do.
        let again = ReckonInput {
            seen,
            reason: "称号撤销，认定撤回".to_owned(),
        };
        let again = reckonings::reckon(app, leader, YEAR, &again).await.unwrap();
        assert_eq!(again.number, 2);
        let seen = reckonings::preview(app, leader, YEAR).await.unwrap().digest;
        let nothing = ReckonInput {
            seen,
            reason: "再核一次".to_owned(),
        };
        let refused = reckonings::reckon(app, leader, YEAR, &nothing).await;
        assert_eq!(key(refused), "subsidy/nothing-new");
        villages.verifies().await;
    }
}

#[tokio::test]
async fn a_grant_that_a_later_reckoning_does_not_bear_out_is_listed_until_it_is_made_good() {
    for villages in villages().await {
        let app = &villages.city.city.app;
        let leader = &villages.city.leader;
        villages.reckons("").await;
        let listed = grants::list_subsidies(app, leader, YEAR).await;
        villages.grants(listed).await;
        assert!(villages.differing(leader).await.is_empty());
        record(&villages.city, &villages.plain, "12000", "更正", 1)
            .await
            .unwrap();
        // What is not reckoned yet holds for nobody.
        assert!(villages.differing(leader).await.is_empty());
        villages.reckons("更正基数").await;
        let granted = |fen, missing| Granted {
            fen,
            difference_fen: Some(missing),
        };
        let name = villages.plain.name.clone();
        let less = [(name.clone(), granted(1_000_000, 200_000))];
        assert_eq!(villages.differing(leader).await, less);
        let rest = DraftRow {
            number: 1,
            unit: name.clone(),
            amount: "2500".to_owned(),
            basis: "补足 2017 年度补贴".to_owned(),
            ..DraftRow::default()
        };
        let listed = grants::save_list(app, leader, YEAR, (vec![rest], ""), "rest").await;
        villages.grants(listed).await;
        let more = [(name.clone(), granted(1_250_000, -50_000))];
        assert_eq!(villages.differing(leader).await, more);
        // What the village gives back by itself makes good what was too much.
        villages.pays_plain().await;
        let back = |amount: &str| TakingForm {
            amount: amount.to_owned(),
            happened_on: "2017-02-01".to_owned(),
            reason: "多下达的主动退回".to_owned(),
        };
        let (on, how) = ((&villages.plain.id, YEAR), TakingBack::Refunded);
        let entry = spending::take_back(app, leader, on, how, &back("200"), "back").await;
        let still = [(name, granted(1_230_000, -30_000))];
        assert_eq!(villages.differing(leader).await, still);
        let statement = ledger::statement(app, leader, &villages.plain.id, Some(YEAR)).await;
        let sums = statement.unwrap().sums;
        assert_eq!(sums.granted_fen - sums.returned_fen, 1_230_000);
        // What it gives back besides, since it does not use it, is not to be granted once more.
        let rest = spending::take_back(app, leader, on, how, &back("1500"), "rest").await;
        assert!(villages.differing(leader).await.is_empty());
        // Of what was entered by mistake nothing came back.
        for mistaken in [rest, entry] {
            spending::reverse(app, leader, &mistaken.unwrap(), "记错单位")
                .await
                .unwrap();
        }
        assert_eq!(villages.differing(leader).await, more);
        villages.verifies().await;
        // A village sees its subsidy, and looks over nobody's grants.
        let roles = [(Role::Chair, &villages.plain)];
        let chair = villages.city.city.actor("村主席", &roles).await;
        let filter = SubsidyFilter {
            year: YEAR,
            only_differing: true,
            ..SubsidyFilter::default()
        };
        let refused = subsidies::list(app, &chair, &filter, None, 1).await;
        assert_eq!(key(refused.map(|_| ())), "not-your-role");
    }
}

#[tokio::test]
async fn a_unit_sees_its_own_subsidy_and_nobody_but_the_city_changes_it() {
    for villages in villages().await {
        let app = &villages.city.city.app;
        let make = &villages.city.city;
        villages.reckons("").await;
        let chair = make
            .actor("村主席", &[(Role::Chair, &villages.titled)])
            .await;
        let own = villages.seen_by(&chair).await;
        assert_eq!(
            own,
            [(
                villages.titled.name.clone(),
                TITLED.to_owned(),
                Change::Increase
            )]
        );
        let other = subsidies::of_unit(app, &chair, &villages.plain.id).await;
        assert!(matches!(
            other,
            Err(jianjia_app::core::error::Error::NotFound)
        ));
        let input = BaseInput {
            year: YEAR,
            amount: "99999".to_owned(),
            note: "自己改".to_owned(),
            seen: 1,
        };
        for actor in [&chair, &villages.city.approver] {
            let refused = bases::record(app, actor, &villages.titled.id, &input).await;
            assert_eq!(key(refused), "not-your-role");
        }
        let district = reckonings::preview(app, &villages.city.approver, YEAR).await;
        assert!(district.is_err());
        // By the filters of the list.
        let cut = SubsidyFilter {
            year: YEAR,
            change: Some("cut"),
            ..SubsidyFilter::default()
        };
        let page = subsidies::list(app, &villages.city.approver, &cut, None, 1).await;
        let page = page.unwrap();
        assert_eq!((page.total, page.sum().amount_fen), (1, 800_000));
        assert!(!page.may_reckon && !page.may_see_bases);
    }
}

#[tokio::test]
async fn bases_come_by_a_table_are_corrected_with_grounds_and_go_out_again() {
    for villages in villages().await {
        let app = &villages.city.city.app;
        let asked = BasesAsked {
            year: YEAR + 1,
            only_missing: true,
            name: String::new(),
        };
        let due = bases::list(app, &villages.city.leader, &asked, 1)
            .await
            .unwrap();
        // Who counts members is not asked for.
        assert_eq!((due.total, due.missing), (4, 4));
        assert!(due.may_record);
        // Who audits money reads what it starts from, and changes nothing.
        let roles = [(Role::Auditor, &villages.city.top)];
        let auditor = villages.city.city.actor("审计老沈", &roles).await;
        let read = bases::list(app, &auditor, &asked, 1).await.unwrap();
        assert_eq!((read.total, read.may_record), (4, false));
        let input = BaseInput {
            year: YEAR + 1,
            amount: "1".to_owned(),
            note: String::new(),
            seen: 0,
        };
        let refused = bases::record(app, &auditor, &villages.plain.id, &input).await;
        assert_eq!(key(refused), "not-your-role");
        let local = bases::export(app, &villages.city.approver, &asked, (1, 0)).await;
        assert!(matches!(
            local,
            Err(jianjia_app::core::error::Error::NotFound)
        ));
        let table = format!(
            "单位工会,年度,补贴基数,说明\n{},2018,12000,\n{},2017,11000,按人数\n{},2018,9000,\n{},2017,9000,\n",
            villages.plain.name, villages.titled.name, villages.liyang.name, villages.short.name
        );
        let kind = ImportKind::SubsidyBases;
        let look = machine::at_the_machine(app, kind, "b.csv", table.as_bytes(), true).await;
        assert_eq!(look.unwrap().counts(), [1, 1, 0, 0, 2]);
        let good: String = table
            .lines()
            .take(3)
            .map(|line| format!("{line}\n"))
            .collect();
        machine::at_the_machine(app, kind, "b.csv", good.as_bytes(), false)
            .await
            .unwrap();
        let out = exports::export_at_the_machine(app, kind, "b.csv", Some(YEAR)).await;
        let out = String::from_utf8(out.unwrap()).unwrap();
        assert!(out.contains("11000.00,按人数"), "{out}");
        let back = machine::at_the_machine(app, kind, "b.csv", out.as_bytes(), true).await;
        assert_eq!(back.unwrap().counts(), [0, 0, 4, 0, 0]);
        let stale = record(&villages.city, &villages.titled, "13000", "再改", 1).await;
        assert_eq!(key(stale), "stale");
        record(&villages.city, &villages.titled, "13000", "再改", 2)
            .await
            .unwrap();
        let view = subsidies::of_unit(app, &villages.city.leader, &villages.titled.id).await;
        let view = view.unwrap();
        let of_year = view.years.iter().find(|year| year.year == YEAR).unwrap();
        let amounts: Vec<i64> = of_year.bases.iter().map(|base| base.amount_fen).collect();
        assert_eq!(amounts, [1_300_000, 1_100_000, 1_000_000]);
        villages.verifies().await;
    }
}

#[tokio::test]
async fn an_amount_changed_by_hand_is_found_when_it_is_reckoned_again() {
    for villages in villages().await {
        let app = &villages.city.city.app;
        villages.reckons("").await;
        let mut tx: Tx = app.db.write("test").await.unwrap();
        sqlx::query("UPDATE subsidy_base SET amount_fen = 2000000 WHERE unit_id = $1")
            .bind(villages.plain.id.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("UPDATE subsidy SET standard_version = 'gone' WHERE unit_id = $1")
            .bind(villages.titled.id.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        // As if it had been an act.
        app.trail_by(
            &mut tx,
            ("", ""),
            Deed::RecordSubsidyBase,
            Object::Unit(villages.plain.id),
            None,
            json!({}),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let found = verification::verify(app).await.unwrap();
        assert_eq!(found.faults.len(), 2, "{:?}", found.faults);
        for words in ["所用的基数与登记的基数不符", "所用的标准版本 gone 没有留存"]
        {
            let is_told = found.faults.iter().any(|fault| fault.contains(words));
            assert!(is_told, "{words}: {:?}", found.faults);
        }
    }
}
