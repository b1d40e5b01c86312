//! Writes down the totals of ratings that were held on paper: this year's of the unions without a poll, and last year's of those with one.

use anyhow::Result;
use jianjia_domain::{
    core::ids::ImprovementId,
    rating::{count::Rating, improvement::Improvement},
};
use jianjia_store::{
    core::{bulk::insert, db::Tx},
    rating::{count as rating, improvement},
};
use jiff::{Timestamp, civil::date};
use serde_json::json;

use super::{
    YEAR,
    activities::Rated,
    city::{City, Ids},
    draw::Draw,
    polls::{Held, Way},
    record::{morning, row},
};

/// Where totals come from that no poll of the program stands behind.
const COPIED: &str = "抄自纸质计票单：会员投纸质票，上级工会监票、计票。";

/// The year's totals of the unions without a poll.
pub async fn copied(
    tx: &mut Tx,
    city: &City,
    year: i64,
    ratings: &[Option<Rated>],
    made_at: &str,
) -> Result<()> {
    let columns = [
        "unit_id",
        "unit_path",
        "year",
        "roll",
        "answers",
        "recorded_by",
        "recorded_at",
        "note",
    ];
    let rows = ratings
        .iter()
        .enumerate()
        .filter_map(|(index, rated)| {
            let unit = &city.units[index];
            let rated = (*rated)?;
            Some(row![
                unit.id.to_string(),
                unit.path.as_str(),
                year,
                rated.roll,
                json!(rated.totals().answers).to_string(),
                "",
                made_at,
                COPIED,
            ])
        })
        .collect();
    insert(tx, "rating", &columns, rows).await
}

/// What the unions that hold polls came to last year, and what the union of the story promised then.
pub async fn last_year(tx: &mut Tx, city: &City, ids: &Ids<'_>, polls: &[Held]) -> Result<()> {
    let counted_at: Timestamp = morning(date(2015, 11, 16)).parse()?;
    let ratings: Vec<Rating> = polls
        .iter()
        .map(|held| {
            let unit = &city.units[held.unit];
            let mut draw = Draw::of("rating-2015", unit.number);
            let (roll, void) = (held.votes.roll, 1);
            let valid = roll * draw.between(60, 90) / 100;
            // This year's hasty ballots are far from what members said then.
            let percent = match held.way {
                Way::Hasty => 64,
                _ => draw.between(78, 90),
            };
            let content = valid * percent / 100;
            let basically_satisfied = content / 4;
            let rated = Rated {
                roll,
                satisfied: content - basically_satisfied,
                basically_satisfied,
                dissatisfied: valid - content,
                void,
            };
            Rating {
                unit: unit.id,
                unit_path: unit.path.clone(),
                year: YEAR - 1,
                counts: rated.totals(),
                recorded_by: String::new(),
                recorded_by_name: String::new(),
                recorded_at: counted_at,
                note: COPIED.to_owned(),
            }
        })
        .collect();
    rating::insert_many(tx, &ratings).await?;
    let union = &city.units[city.cast.union];
    let chair = city
        .people
        .iter()
        .find(|person| person.unit == city.cast.union);
    for text in PROMISED {
        let promised = Improvement {
            id: ImprovementId(ids.next()),
            unit: union.id,
            unit_path: union.path.clone(),
            year: YEAR - 1,
            text: text.to_owned(),
            said_by_name: chair.map_or_else(String::new, |chair| chair.name.clone()),
            said_at: counted_at,
            report: None,
        };
        improvement::insert(tx, &promised).await?;
    }
    Ok(())
}

/// One is reported on this year, the other is left for the visitor.
const PROMISED: [&str; 2] = [
    "更衣室冬天太冷：明年上半年装好取暖和晾衣的设备。",
    "困难职工帮扶名单每季度在公开栏公示一次。",
];
