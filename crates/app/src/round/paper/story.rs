//! 事迹材料: what the applicant says of itself, with photographs of its evidence.

use jianjia_domain::{
    core::{day, policy::Actor},
    year::evidence::{Evidence, MediaType},
};
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    round::application::ApplicationView,
    year::evidence,
};

/// Photographs at most, and bytes of each: a paper is handed round.
const PHOTOS: usize = 4;
const LARGEST_PHOTO: i64 = 3 << 20;

#[derive(Serialize)]
struct Story {
    title: String,
    unit: String,
    written_on: Date,
    parts: Vec<Part>,
    photos: Vec<Photo>,
}

#[derive(Serialize)]
struct Part {
    heading: Option<String>,
    text: String,
}

#[derive(Serialize)]
struct Photo {
    name: String,
    shows: String,
}

/// The story of an application, for everybody who sees the application.
///
/// # Errors
/// Not found when nothing was written.
pub async fn sheet(app: &App, actor: &Actor, view: &ApplicationView) -> Result<Sheet> {
    let application = &view.application;
    if application.story.trim().is_empty() {
        return Err(Error::NotFound);
    }
    let (mut photos, mut pictures) = (Vec::new(), Vec::new());
    for piece in photographs(view) {
        let opened = match evidence::open(app, actor, &piece.id).await {
            Ok((_, bytes)) => bytes,
            // Taken away meanwhile.
            Err(Error::NotFound | Error::Refused(_)) => continue,
            Err(error) => return Err(error),
        };
        let name = format!("photo-{}", pictures.len() + 1);
        pictures.push((name.clone(), opened));
        let shows = piece.name.rsplit_once('.');
        let shows = shows.map_or(piece.name.as_str(), |(shows, _)| shows);
        photos.push(Photo {
            name,
            shows: shows.to_owned(),
        });
    }
    let written_on = application.submitted_at;
    let story = Story {
        title: view.title.zh.clone(),
        unit: application.applicant_name(),
        written_on: written_on.map_or_else(|| app.clock.today(), day::day_of),
        parts: parts(&application.story),
        photos,
    };
    let sheet = Sheet::of("story", application.applicant_name(), &story)?;
    Ok(Sheet { pictures, ..sheet })
}

/// The first pictures among the documents of its criteria.
fn photographs(view: &ApplicationView) -> Vec<&Evidence> {
    let mut found: Vec<&Evidence> = Vec::new();
    for piece in view.clauses.iter().flat_map(|row| &row.evidence) {
        let is_picture = matches!(piece.media_type, MediaType::Jpeg | MediaType::Png);
        let is_known = found.iter().any(|known| known.hash == piece.hash);
        if is_picture && !is_known && piece.bytes <= LARGEST_PHOTO && found.len() < PHOTOS {
            found.push(piece);
        }
    }
    found
}

/// The story by its headings: lines that begin with a Chinese number and `、`.
fn parts(story: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match parts.last_mut() {
            _ if is_heading(line) => parts.push(Part {
                heading: Some(line.to_owned()),
                text: String::new(),
            }),
            Some(part) if part.text.is_empty() => line.clone_into(&mut part.text),
            Some(part) => {
                part.text.push('\n');
                part.text.push_str(line);
            }
            None => parts.push(Part {
                heading: None,
                text: line.to_owned(),
            }),
        }
    }
    parts
}

fn is_heading(line: &str) -> bool {
    let number = line.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    number.len() < line.len()
        && number.starts_with('、')
        && !line.ends_with('。')
        && line.chars().count() <= 30
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_chinese_numbers_are_headings() {
        let parts = parts("前言。\n一、有人管\n书记抓。\n主席管。\n二、这一条写了一整句。");
        let told: Vec<(Option<&str>, &str)> = parts
            .iter()
            .map(|part| (part.heading.as_deref(), part.text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (None, "前言。"),
                (
                    Some("一、有人管"),
                    "书记抓。\n主席管。\n二、这一条写了一整句。"
                ),
            ]
        );
    }
}
