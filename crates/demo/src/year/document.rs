//! What unions that apply as trusted show with their answers: of each group of questions one document, short and the same for all of them, since nobody reads
//! some hundred invented binders. None is a picture: one that several unions have would be something for the x-ray.

use std::{collections::BTreeSet, ops::RangeInclusive};

use anyhow::Result;
use bytes::Bytes;
use jianjia_app::{
    core::app::App,
    exchange::founding::city::{Document, document},
    year::evidence::File,
};
use jianjia_domain::{
    core::ids::EvidenceId,
    year::{
        evidence::{Evidence, Target},
        statement::claims,
    },
};
use jianjia_standard::{Lang, fact::FactGroup, programme::Standard};
use jiff::Timestamp;

use crate::{
    core::{
        city::{City, Ids},
        draw::Draw,
    },
    office::actor::told,
    round::filing::{Fate, Filing},
    year::statement as statements,
};

/// A piece with what it is shown for.
pub type Shown = (Evidence, Vec<Target>);

/// The documents of the groups in which one is expected.
pub struct Documents<'s> {
    standard: &'s Standard,
    /// By year and the group's key: who applies again shows another one.
    of: Vec<(i16, &'s str, Document)>,
}

impl<'s> Documents<'s> {
    /// Keeps the content of those of some years.
    ///
    /// # Errors
    /// When it can't be kept.
    pub async fn keep(
        app: &App,
        standard: &'s Standard,
        years: RangeInclusive<i16>,
    ) -> Result<Documents<'s>> {
        let is_shown = |group: &&FactGroup| {
            let mut facts = standard.facts.iter();
            facts.any(|fact| fact.evidence && fact.group == group.key)
        };
        let groups: Vec<&FactGroup> = standard.groups.iter().filter(is_shown).collect();
        let mut of = Vec::new();
        for year in years {
            for group in &groups {
                let name = format!("{year}年{}台账", group.name.get(Lang::Zh));
                let lines = [
                    name.clone(),
                    "演示材料：各家工会这一部分的台账用同一份文件代替。".to_owned(),
                ];
                let file = File {
                    name: format!("{name}.pdf"),
                    bytes: Bytes::from(pdf(&lines)),
                };
                of.push((year, group.key.as_str(), told(document(app, file).await)?));
            }
        }
        Ok(Documents { standard, of })
    }

    /// What those who apply as trusted in a year show, before an instant. One in fifteen shows nothing: its binders are on paper.
    pub fn of_year(
        &self,
        city: &City,
        (chairs, ids): (&[&str], &Ids<'_>),
        year: i16,
        filings: &[Filing<'_>],
        until: Timestamp,
    ) -> Vec<Shown> {
        let mut striving: Vec<(usize, &Filing<'_>)> = filings
            .iter()
            .filter(|filing| filing.title.key == "trusted-home" && filing.person.is_none())
            .filter(|filing| statements::said_at(city.units[filing.unit].number, year) < until)
            .map(|filing| {
                let number = city.units[filing.unit].number;
                let mut draw = Draw::of("on-paper", number << 12 | i64::from(year));
                // What is a draft, or taken back, is not looked at.
                let is_seen = !matches!(filing.fate, Fate::Draft | Fate::Withdrawn);
                (draw.below(1 << 30) + (usize::from(!is_seen) << 30), filing)
            })
            .collect();
        striving.sort_unstable_by_key(|(place, filing)| (*place, filing.unit));
        let on_paper = striving.len().div_ceil(15);
        let showing = striving.into_iter().skip(on_paper);
        showing
            .flat_map(|(_, filing)| self.of_filing(city, (chairs, ids), year, filing))
            .collect()
    }

    fn of_filing(
        &self,
        city: &City,
        (chairs, ids): (&[&str], &Ids<'_>),
        year: i16,
        filing: &Filing<'_>,
    ) -> Vec<Shown> {
        let unit = &city.units[filing.unit];
        let mut draw = Draw::of("documents", unit.number << 12 | i64::from(year));
        let percent = draw.between(70, 97).unsigned_abs();
        let claimed: BTreeSet<&str> = filing
            .subject
            .facts
            .iter()
            .filter(|(_, value)| claims(value))
            .map(|(key, _)| key.as_str())
            .collect();
        let mut shown = Vec::new();
        let of_year = self.of.iter().filter(|(of, ..)| *of == year);
        for (_, group, document) in of_year {
            let facts = self.standard.facts.iter().filter(|fact| {
                fact.evidence && fact.group == *group && claimed.contains(fact.key.as_str())
            });
            let targets: Vec<Target> = facts
                .filter(|_| draw.chance(percent))
                .map(|fact| Target::Fact(fact.key.clone()))
                .collect();
            if targets.is_empty() {
                continue;
            }
            let piece = Evidence {
                id: EvidenceId(ids.next()),
                unit: unit.id,
                unit_path: unit.path.clone(),
                hash: document.hash.clone(),
                name: document.name.clone(),
                media_type: document.media_type,
                bytes: document.bytes,
                uploaded_by: None,
                uploaded_by_name: chairs[filing.unit].to_owned(),
                uploaded_at: statements::said_at(unit.number, year),
                removed_at: None,
            };
            shown.push((piece, targets));
        }
        shown
    }
}

/// A page with these lines in a font that every reader of Chinese documents brings along: nothing is embedded.
fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = "BT /F1 16 Tf 28 TL 72 760 Td".to_owned();
    for line in lines {
        let signs: String = line
            .encode_utf16()
            .map(|sign| format!("{sign:04X}"))
            .collect();
        text.push_str(&format!(" <{signs}> Tj T*"));
    }
    text.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 7 0 R >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>"
            .to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 6 0 R >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(pdf.len());
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (table, size) = (pdf.len(), objects.len() + 1);
    pdf.push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n"));
    for place in places {
        pdf.push_str(&format!("{place:010} 00000 n \n"));
    }
    pdf.push_str(&format!(
        "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    ));
    pdf.into_bytes()
}
