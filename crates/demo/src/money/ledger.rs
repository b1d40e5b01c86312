//! The money of each year through the acts: what was reckoned is granted in May, paid in two runs since the bank returns one payment of the first, spent in summer and
//! autumn, taken back where less was reckoned by November, and closed in the January after.

use std::io::Cursor;

use anyhow::Result;
use bytes::Bytes;
use image::{ImageFormat, Rgb, RgbImage};
use jianjia_app::{
    core::app::App,
    money::{
        bank, books,
        grant::{self as grants, GrantFilter},
        payment as payments,
        spending::{self, TakingForm},
        subsidy as subsidies,
    },
    year::evidence::File,
};
use jianjia_domain::{
    core::{
        ids::{GrantId, UnitId},
        place::UnitKind,
        policy::Actor,
    },
    money::{
        amount::{plain, yuan},
        bank::BankForm,
        grant::{DraftRow, Grant, GrantKind, GrantState},
        ledger::TakingBack,
        payment::Bounced,
        spending::SpendingForm,
    },
    office::account::Account,
};
use jiff::civil::{Date, date};

use crate::{
    core::city::City,
    office::actor::{actor, chair_of, told},
    register::growth::FIRST_YEAR,
};

/// So many village federations are granted a subsidy, beside the union of the story.
const VILLAGES: usize = 11;

/// What happens on a day of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Close,
    SayBanks,
    Grant,
    Prepare,
    Approve,
    Settle,
    PayAgain,
    SpendInSummer,
    SpendInAutumn,
    TakeBack,
}

const STEPS: [(Step, i8, i8); 10] = [
    (Step::Close, 1, 12),
    (Step::SayBanks, 5, 4),
    (Step::Grant, 5, 9),
    (Step::Prepare, 5, 11),
    (Step::Approve, 5, 12),
    (Step::Settle, 5, 17),
    (Step::PayAgain, 5, 24),
    (Step::SpendInSummer, 7, 19),
    (Step::SpendInAutumn, 9, 27),
    (Step::TakeBack, 11, 28),
];

/// In the first year the bases came in June.
const STEPS_AT_FIRST: [(Step, i8, i8); 10] = [
    (Step::Close, 1, 12),
    (Step::SayBanks, 6, 14),
    (Step::Grant, 6, 22),
    (Step::Prepare, 6, 24),
    (Step::Approve, 6, 27),
    (Step::Settle, 6, 30),
    (Step::PayAgain, 7, 7),
    (Step::SpendInSummer, 7, 19),
    (Step::SpendInAutumn, 9, 27),
    (Step::TakeBack, 11, 28),
];

fn steps(year: i16) -> [(Step, i8, i8); 10] {
    if year == FIRST_YEAR {
        STEPS_AT_FIRST
    } else {
        STEPS
    }
}

/// The days until today on which something happens to money.
pub fn days(today: Date) -> Vec<Date> {
    let years = FIRST_YEAR..=today.year();
    let days = years.flat_map(|year| steps(year).map(|(_, month, day)| date(year, month, day)));
    days.filter(|day| *day < today).collect()
}

/// Does what happens to money on a day.
///
/// # Errors
/// When an act is refused that should not be.
pub async fn go(app: &App, city: &City, accounts: &[Account], day: Date) -> Result<()> {
    let mut steps = steps(day.year()).into_iter();
    let Some((step, ..)) = steps.find(|(_, month, of)| (day.month(), day.day()) == (*month, *of))
    else {
        return Ok(());
    };
    let year = day.year();
    app.clock.set(day);
    let (prepares, approves) = (
        actor(accounts, "demo.city-reviewer")?,
        actor(accounts, "demo.city")?,
    );
    match step {
        Step::Close if year > FIRST_YEAR => {
            told(books::close(app, &approves, year - 1).await)?;
        }
        Step::Close => {}
        Step::SayBanks if year == FIRST_YEAR => say_banks(app, city, &prepares).await?,
        Step::SayBanks => {}
        Step::Grant => grant(app, city, &approves, year).await?,
        Step::Prepare => {
            prepare(app, &prepares, year).await?;
        }
        Step::Approve | Step::Settle => {
            let (runs, _) = told(payments::of_year(app, &approves, year, (1, 0)).await)?;
            let Some(run) = runs.first() else {
                return Ok(());
            };
            if step == Step::Approve {
                told(payments::approve(app, &approves, &run.id, run.revision).await)?;
            } else {
                let bounced = [Bounced {
                    place: run.rows.min(2),
                    reason: "户名不符".to_owned(),
                }];
                let settled = payments::settle(app, &prepares, &run.id, &bounced, run.revision);
                told(settled.await)?;
            }
        }
        Step::PayAgain => pay_again(app, (&prepares, &approves), year).await?,
        Step::SpendInSummer | Step::SpendInAutumn => {
            spend(app, city, accounts, (year, day, step)).await?;
        }
        Step::TakeBack => take_back(app, &approves, day).await?,
    }
    Ok(())
}

/// The units that money is granted to: the story's union first.
fn granted_to(city: &City) -> Vec<usize> {
    let villages = city.units.iter().enumerate();
    let villages = villages.filter(|(_, unit)| unit.kind == UnitKind::Village);
    let villages = villages.map(|(index, _)| index).take(VILLAGES);
    [city.cast.union].into_iter().chain(villages).collect()
}

/// The city enters where each is paid, as the units wrote it.
async fn say_banks(app: &App, city: &City, by: &Actor) -> Result<()> {
    for index in granted_to(city) {
        let unit = &city.units[index];
        let form = BankForm {
            account_name: unit.name.clone(),
            bank: "江南农村商业银行".to_owned(),
            account: format!("62{:014}", 10_007 * unit.number + 31),
        };
        told(bank::say(app, by, &unit.id, &form, 0).await)?;
    }
    Ok(())
}

/// A list is drawn up, looked over and granted, then released.
async fn grant(app: &App, city: &City, by: &Actor, year: i16) -> Result<()> {
    let mut rows: Vec<DraftRow> = Vec::new();
    for (number, index) in (1..).zip(granted_to(city)) {
        let unit = &city.units[index];
        if index == city.cast.union {
            rows.push(DraftRow {
                number,
                unit: unit.number.to_string(),
                amount: "3000".to_owned(),
                kind: "奖励".to_owned(),
                basis: format!("{year} 年度建家奖励（R1、R6）"),
                source_key: String::new(),
            });
            continue;
        }
        // What nobody knows yet is not granted.
        let Some((fen, sum)) = reckoned(app, by, &unit.id, year).await? else {
            continue;
        };
        rows.push(DraftRow {
            number,
            unit: unit.number.to_string(),
            amount: plain(fen),
            kind: "年度补贴".to_owned(),
            basis: format!("{year} 年度活动经费补贴：{sum}"),
            source_key: format!("subsidy:{year}:{}", unit.id),
        });
    }
    let mut list = told(grants::save_list(app, by, year, (rows.clone(), ""), "").await)?;
    let view = told(grants::view_list(app, by, &list).await)?;
    if view.wrong > 0 {
        // Units that ended meanwhile are left out.
        let good = view.rows.into_iter().filter(|(_, read)| read.is_ok());
        rows = good.map(|(row, _)| row).collect();
        told(grants::discard_list(app, by, &list).await)?;
        list = told(grants::save_list(app, by, year, (rows, ""), "").await)?;
    }
    told(grants::confirm_list(app, by, &list, 1).await)?;
    let seen = seen(&of_state(app, by, year, GrantState::Granted).await?);
    told(grants::release(app, by, &seen).await)?;
    Ok(())
}

/// What the city reckoned for a unit and a year, in fen, with its sum; none where it is not known.
async fn reckoned(
    app: &App,
    by: &Actor,
    unit: &UnitId,
    year: i16,
) -> Result<Option<(i64, String)>> {
    let view = told(subsidies::of_unit(app, by, unit).await)?;
    let mut years = view.years.into_iter();
    let found = years.find(|one| one.year == year);
    let Some(holds) = found.and_then(|one| one.holds) else {
        return Ok(None);
    };
    let fen = holds.amount_fen();
    Ok(fen.map(|fen| (fen, holds.entitlement.sum.zh)))
}

/// Where less was reckoned since, the city takes back what was too much.
async fn take_back(app: &App, by: &Actor, day: Date) -> Result<()> {
    let year = day.year();
    for grant in of_state(app, by, year, GrantState::Paid).await? {
        if grant.kind != GrantKind::Subsidy {
            continue;
        }
        let Some((fen, _)) = reckoned(app, by, &grant.unit, year).await? else {
            continue;
        };
        let over = grant.amount_fen - fen;
        if over <= 0 {
            continue;
        }
        let form = TakingForm {
            amount: plain(over),
            happened_on: day.to_string(),
            reason: format!("重新核定为 {} 元，多拨的收回。", yuan(fen)),
        };
        let on = (&grant.unit, year);
        let how = TakingBack::ClawedBack;
        told(spending::take_back(app, by, on, how, &form, "").await)?;
    }
    Ok(())
}

/// The grants of a year in a state.
async fn of_state(app: &App, by: &Actor, year: i16, state: GrantState) -> Result<Vec<Grant>> {
    let filter = GrantFilter {
        year,
        state: state.key().to_owned(),
        ..GrantFilter::default()
    };
    Ok(told(grants::export(app, by, &filter, (100, 0)).await)?.0)
}

fn seen(grants: &[Grant]) -> Vec<(GrantId, i64)> {
    let grants = grants.iter();
    grants.map(|grant| (grant.id, grant.revision)).collect()
}

async fn prepare(
    app: &App,
    by: &Actor,
    year: i16,
) -> Result<jianjia_domain::core::ids::PaymentRunId> {
    let preview = told(payments::preview(app, by, year).await)?;
    told(payments::prepare(app, by, year, &preview.digest, "").await)
}

/// What the bank returned is paid by a second run.
async fn pay_again(app: &App, (prepares, approves): (&Actor, &Actor), year: i16) -> Result<()> {
    let run = prepare(app, prepares, year).await?;
    told(payments::approve(app, approves, &run, 1).await)?;
    told(payments::settle(app, prepares, &run, &[], 2).await)?;
    Ok(())
}

/// The story's union and some villages spend; one of them once more than there was.
async fn spend(
    app: &App,
    city: &City,
    accounts: &[Account],
    (year, day, step): (i16, Date, Step),
) -> Result<()> {
    let is_summer = step == Step::SpendInSummer;
    for (place, index) in granted_to(city).into_iter().take(5).enumerate() {
        let unit = &city.units[index];
        let chair = if index == city.cast.union {
            actor(accounts, "demo.chair")?
        } else {
            chair_of(city, index)
        };
        let (purpose, payee, what) = match (place + usize::from(is_summer)) % 3 {
            0 => ("facilities", "shop", "职工书屋添置图书、书架"),
            1 => ("service", "workers", "走访慰问困难职工"),
            _ => ("activities", "body", "职工健步走、拔河比赛"),
        };
        let amount = match (place, year, is_summer) {
            (3, 2017, false) => 30_000,
            (0, ..) => 1_200,
            _ => 2_400 + 350 * i64::try_from(place)?,
        };
        let form = SpendingForm {
            spent_on: day.to_string(),
            purpose: purpose.to_owned(),
            named: String::new(),
            amount: amount.to_string(),
            payee: payee.to_owned(),
            what: what.to_owned(),
        };
        let files = vec![voucher(unit.id, day)?];
        told(spending::spend(app, &chair, (&unit.id, year), (&form, files), "").await)?;
    }
    Ok(())
}

/// A picture of a receipt.
fn voucher(unit: UnitId, day: Date) -> Result<File> {
    // No two are the same picture: a receipt is of one day.
    let shade = u8::try_from((unit.0.as_u128() + u128::try_from(day.year())?) % 60)?;
    let lines = u32::try_from(day.month())? * 3;
    let picture = RgbImage::from_fn(200, 280, |x, y| {
        let is_line = y % 22 < 3 && x > 20 && x < 180 - (y * lines % 70);
        let is_seal = (x.abs_diff(150)).pow(2) + (y.abs_diff(230)).pow(2) < 500;
        if is_seal {
            Rgb([190, 50 + shade, 50])
        } else if is_line {
            Rgb([70, 70, 80])
        } else {
            Rgb([252, 250, 244])
        }
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(File {
        name: format!("收据{day}.png"),
        bytes: Bytes::from(bytes.into_inner()),
    })
}
