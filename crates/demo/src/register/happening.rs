//! What happened to unions of a district in a year, through the real acts: a new name, a move, a merger, an end; and the first
//! photos that the union of the story has kept.

use std::{collections::BTreeSet, io::Cursor};

use anyhow::Result;
use bytes::Bytes;
use image::{ImageFormat, Rgb, RgbImage};
use jianjia_app::{
    core::app::App,
    register::unit::{
        self as units,
        change::{Happening, perform},
    },
    year::evidence::{self, File},
};
use jianjia_domain::{
    core::{ids::UnitId, place::UnitKind, policy::Actor},
    register::unit::change::ChangeForm,
    year::evidence::Target,
};
use jiff::civil::{Date, date};

use crate::{
    core::{
        city::{City, Grade},
        day::working,
    },
    office::actor::told,
    register::growth::FIRST_YEAR,
};

/// The day of a year on which they are entered.
pub fn day_of(year: i16) -> Date {
    working(date(year, 9, 12))
}

/// Lets those of a year happen and gives the units whose federations above now lead others. In the first year they are the district's own; then a
/// union comes to another district each year, which the city enters.
///
/// # Errors
/// When an act is refused.
pub async fn happen(
    app: &App,
    city: &City,
    (year, approver): (i16, &Actor),
    busy: &mut BTreeSet<usize>,
) -> Result<Vec<usize>> {
    app.clock.set(day_of(year));
    let districts = city.of_kind(UnitKind::District);
    let tianning = city.cast.tianning;
    let others: Vec<usize> = districts
        .into_iter()
        .filter(|index| *index != tianning)
        .collect();
    let turn = usize::try_from(year - FIRST_YEAR).unwrap_or(0);
    let (from, to) = if year == FIRST_YEAR {
        (tianning, city.cast.township)
    } else {
        let to = others[turn % others.len()];
        (others[(turn - 1) % others.len()], township_of(city, to))
    };
    let mut chosen = quiet(city, &city.units[from].path, busy);
    let comes = |index: &usize| city.units[*index].above != Some(to);
    let Some(place) = chosen.iter().position(comes) else {
        return Ok(Vec::new());
    };
    let moved = chosen.remove(place);
    chosen.truncate(4);
    let [renamed, merged, successor, closed] = chosen[..] else {
        return Ok(Vec::new());
    };
    busy.insert(moved);
    busy.extend(chosen);
    let name = city.units[renamed].name.replace("工会", "（集团）工会");
    let successor = city.units[successor].name.clone();
    let on = |month, day| date(year, month, day).to_string();
    let mut happenings = vec![(renamed, Happening::Rename, on(3, 1), name)];
    let target = city.units[to].credit_code.clone();
    let target = target.unwrap_or_else(|| city.units[to].name.clone());
    happenings.push((moved, Happening::Move, on(4, 11), target));
    happenings.push((merged, Happening::Merge, on(6, 20), successor));
    happenings.push((closed, Happening::Close, on(8, 31), String::new()));
    for (unit, happening, on, target) in happenings {
        let id = &city.units[unit].id;
        let revision = told(units::find(app, approver, id).await)?.unit.revision;
        let form = ChangeForm {
            on,
            note: "演示数据：依据上级工会批复".to_owned(),
            target,
        };
        told(perform(app, approver, id, happening, &form, revision).await)?;
    }
    Ok(vec![moved, merged, closed])
}

/// The first township of a district.
fn township_of(city: &City, district: usize) -> usize {
    let path = &city.units[district].path;
    city.of_kind(UnitKind::Township)
        .into_iter()
        .find(|index| city.units[*index].path.starts_with(path.as_str()))
        .unwrap_or(city.cast.township)
}

/// The first unions of a district that nobody else is busy with: they file nothing, hold no poll and lead nobody.
fn quiet(city: &City, path: &str, busy: &BTreeSet<usize>) -> Vec<usize> {
    let leads: BTreeSet<usize> = city.units.iter().filter_map(|unit| unit.above).collect();
    let is_quiet = |index: &usize| {
        let unit = &city.units[*index];
        let is_of_story = *index == city.cast.union || *index == city.cast.vetoed;
        unit.kind == UnitKind::Grassroots
            && unit.path.starts_with(path)
            && unit.founded_on < date(2014, 1, 1)
            && unit.grade <= Grade::Qualified
            && !is_of_story
            && !busy.contains(index)
            && !leads.contains(index)
    };
    (0..city.units.len()).filter(is_quiet).collect()
}

/// Two pictures, plainly drawn ones: nobody is shown.
///
/// # Errors
/// When they can't be kept.
pub async fn photos(app: &App, chair: &Actor, union: &UnitId, year: i16) -> Result<()> {
    for (name, fact, colour) in [
        ("选举大会.png", "chair_elected", [176, 58, 46]),
        ("公开栏.png", "union_affairs_open", [46, 96, 150]),
    ] {
        let is_line = |x: u32, y: u32| y % 24 < 6 && x > 30 && x < 290 - (y * 7 % 90);
        let picture = picture(colour, is_line);
        show(app, chair, union, (name, picture), (year, fact)).await?;
    }
    Ok(())
}

/// One picture of a match that unions held together.
///
/// # Errors
/// When it can't be kept.
pub async fn photo_of_match(app: &App, chair: &Actor, union: &UnitId, year: i16) -> Result<()> {
    let is_line = |x: u32, y: u32| x % 40 < 12 && y > 20 + x * 5 % 110 && y < 180;
    let picture = picture([58, 120, 70], is_line);
    let shown = ("篮球联谊赛.png", picture);
    show(app, chair, union, shown, (year, "culture_sport")).await
}

fn picture(colour: [u8; 3], is_line: impl Fn(u32, u32) -> bool) -> RgbImage {
    RgbImage::from_fn(320, 200, |x, y| {
        let is_frame = x < 8 || y < 8 || x >= 312 || y >= 192;
        Rgb(if is_frame || is_line(x, y) {
            colour
        } else {
            [246, 242, 234]
        })
    })
}

async fn show(
    app: &App,
    chair: &Actor,
    union: &UnitId,
    (name, picture): (&str, RgbImage),
    (year, fact): (i16, &str),
) -> Result<()> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    let file = File {
        name: name.to_owned(),
        bytes: Bytes::from(bytes.into_inner()),
    };
    let used_for = Some((year, Target::Fact(fact.to_owned())));
    told(evidence::upload(app, chair, union, vec![file], used_for).await)?;
    Ok(())
}
