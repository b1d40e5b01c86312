//! The money of each year through the acts: granted in May, paid in two runs since the bank returns one payment of the first, spent in summer and autumn, and closed in
//! the January after.

use std::io::Cursor;

use anyhow::Result;
use bytes::Bytes;
use image::{ImageFormat, Rgb, RgbImage};
use jianjia_app::{
    core::app::App,
    money::{
        bank, books,
        grant::{self as grants, GrantFilter},
        payment as payments, spending,
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
        bank::BankForm,
        grant::{DraftRow, Grant, GrantState},
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
}

const STEPS: [(Step, i8, i8); 9] = [
    (Step::Close, 1, 12),
    (Step::SayBanks, 5, 4),
    (Step::Grant, 5, 9),
    (Step::Prepare, 5, 11),
    (Step::Approve, 5, 12),
    (Step::Settle, 5, 17),
    (Step::PayAgain, 5, 24),
    (Step::SpendInSummer, 7, 19),
    (Step::SpendInAutumn, 9, 27),
];

/// The days until today on which something happens to money.
pub fn days(today: Date) -> Vec<Date> {
    let years = FIRST_YEAR..=today.year();
    let days = years.flat_map(|year| STEPS.map(|(_, month, day)| date(year, month, day)));
    days.filter(|day| *day < today).collect()
}

/// Does what happens to money on a day.
///
/// # Errors
/// When an act is refused that should not be.
pub async fn go(app: &App, city: &City, accounts: &[Account], day: Date) -> Result<()> {
    let mut steps = STEPS.into_iter();
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
    let rows = (1..).zip(granted_to(city)).map(|(number, index)| {
        let unit = &city.units[index];
        let is_union = index == city.cast.union;
        let yuan = if is_union {
            3_000
        } else {
            // By members: ten yuan each, at least eight thousand and at most twenty.
            (unit.members * 10).clamp(8_000, 20_000)
        };
        let basis = if is_union {
            format!("{year} 年度建家奖励（R1、R6）")
        } else {
            format!("{year} 年度活动经费补贴（R3、R6）")
        };
        DraftRow {
            number,
            unit: unit.number.to_string(),
            amount: yuan.to_string(),
            kind: if is_union { "奖励" } else { "年度补贴" }.to_owned(),
            basis,
            source_key: String::new(),
        }
    });
    let mut rows: Vec<DraftRow> = rows.collect();
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
    let shade = u8::try_from(unit.0.as_u128() % 60)?;
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
