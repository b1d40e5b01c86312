//! Evidence and activities as stories: what is taken, what is refused with which sentence, and who gets to see it.

#[path = "evidence/activities.rs"]
mod activities;
#[path = "evidence/pictures.rs"]
mod pictures;

use std::io::Cursor;

use bytes::Bytes;
use image::{DynamicImage, ImageFormat};
use jianjia_app::{
    core::error::Error,
    year::evidence::{self, File, UseInWords},
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
        refusal::General,
    },
    year::evidence::{EvidenceUse, LARGEST_FILE, MediaType, Target},
};
use jianjia_standard::Lang;
use jiff::civil::date;

struct Home {
    city: TestCity,
    union: UnitPlace,
    chair: Actor,
    reviewer: Actor,
    stranger: Actor,
}

async fn homes() -> Vec<Home> {
    let mut homes = Vec::new();
    for city in testing::both(date(2016, 10, 20)).await {
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let union = city
            .unit(Some(&district), UnitKind::Grassroots, "第一纺织厂工会")
            .await;
        let other = city
            .unit(Some(&district), UnitKind::Grassroots, "第二纺织厂工会")
            .await;
        let chair = city.actor("王主席", &[(Role::Chair, &union)]).await;
        let reviewer = city.actor("区审核", &[(Role::Reviewer, &district)]).await;
        let stranger = city.actor("邻居", &[(Role::Chair, &other)]).await;
        homes.push(Home {
            city,
            union,
            chair,
            reviewer,
            stranger,
        });
    }
    homes
}

/// A small photo; `metadata` puts a piece of EXIF with a camera's name and "turn right" into a JPEG.
fn photo(format: ImageFormat, metadata: bool) -> Bytes {
    let mut bytes = Vec::new();
    DynamicImage::new_rgb8(40, 20)
        .write_to(&mut Cursor::new(&mut bytes), format)
        .unwrap();
    if metadata {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
        exif.extend(b"\x01\x0f\0\x02\0\0\0\x0b\0\0\0\x26");
        exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
        exif.extend(b"\0\0\0\0SecretCam\0\0");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let segment = [&[0xff, 0xe1][..], &length, &exif].concat();
        bytes.splice(2..2, segment);
    }
    bytes.into()
}

fn file(name: &str, bytes: impl Into<Bytes>) -> File {
    File {
        name: name.to_owned(),
        bytes: bytes.into(),
    }
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

fn sentence(error: Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.sentence(Lang::Zh),
        other => panic!("refused, not {other:?}"),
    }
}

#[tokio::test]
async fn a_photo_is_kept_upright_without_its_metadata_and_reused() {
    for home in homes().await {
        let app = &home.city.app;
        let with_camera = photo(ImageFormat::Jpeg, true);
        assert!(holds(&with_camera, b"SecretCam"));
        let fact = Target::Fact("own_account".to_owned());
        let files = vec![file("开户许可证.JPG", with_camera.clone())];
        let ids = evidence::upload(
            app,
            &home.chair,
            &home.union.id,
            files,
            Some((2016, fact.clone())),
        )
        .await
        .unwrap();
        let again = vec![file("又传一次.jpg", with_camera)];
        let same = evidence::upload(app, &home.chair, &home.union.id, again, None)
            .await
            .unwrap();
        assert_eq!(ids, same);
        let rules = EvidenceUse {
            evidence: ids[0],
            year: 2016,
            target: Target::Fact("finance_rules".to_owned()),
        };
        for _ in 0..2 {
            evidence::attach(app, &home.chair, &home.union.id, &rules)
                .await
                .unwrap();
        }
        let (kept, bytes) = evidence::open(app, &home.reviewer, &ids[0]).await.unwrap();
        assert_eq!(
            (kept.name.as_str(), kept.media_type),
            ("开户许可证.JPG", MediaType::Jpeg)
        );
        assert!(!holds(&bytes, b"SecretCam"));
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (20, 40));
        let list = evidence::list(app, &home.chair, &home.union.id)
            .await
            .unwrap();
        let used = |key: &str| UseInWords::Fact {
            year: 2016,
            key: key.to_owned(),
            person: None,
        };
        let uses: Vec<&Vec<UseInWords>> = list.evidence.iter().map(|(_, uses)| uses).collect();
        assert_eq!(uses, [&vec![used("finance_rules"), used("own_account")]]);
        let in_use = evidence::remove(app, &home.chair, &home.union.id, &ids[0]).await;
        assert_eq!(
            sentence(in_use.unwrap_err()),
            "“开户许可证.JPG”还有 2 处在用，没有删除。请先从用到它的地方取下。"
        );
        let own_account = EvidenceUse {
            target: fact,
            ..rules.clone()
        };
        for used in [rules, own_account] {
            evidence::detach(app, &home.chair, &home.union.id, &used)
                .await
                .unwrap();
        }
        evidence::remove(app, &home.chair, &home.union.id, &ids[0])
            .await
            .unwrap();
        let list = evidence::list(app, &home.chair, &home.union.id)
            .await
            .unwrap();
        assert!(list.evidence.is_empty());
    }
}

#[tokio::test]
async fn what_is_not_taken_is_refused_with_a_sentence_and_nothing_is_kept() {
    for home in homes().await {
        let app = &home.city.app;
        let jpeg = photo(ImageFormat::Jpeg, false);
        let cases: Vec<(File, &str)> = vec![
            (
                file("合同.pdf", jpeg.clone()),
                "“合同.pdf”的名字说它是 PDF 文件，内容其实是 JPEG 文件，没有上传。只改名字不会改变格式；请用原来的软件另存为照片（JPG、PNG）、PDF、Word（.docx）、Excel（.xlsx）和 PowerPoint（.pptx）中的一种，再上传。",
            ),
            (
                file("照片.jpg", "MZ程序"),
                "“照片.jpg”的名字说它是 JPEG 文件，内容不是我们认识的格式，没有上传。只改名字不会改变格式；请用原来的软件另存为照片（JPG、PNG）、PDF、Word（.docx）、Excel（.xlsx）和 PowerPoint（.pptx）中的一种，再上传。",
            ),
            (
                file("../../etc/程序.exe", jpeg.clone()),
                "“程序.exe”不是可以上传的格式，没有上传。可以上传照片（JPG、PNG）、PDF、Word（.docx）、Excel（.xlsx）和 PowerPoint（.pptx）；请用原来的软件另存为其中一种，再上传。",
            ),
            (
                file("空.pdf", ""),
                "“空.pdf”是空文件，没有上传。请重新选择。",
            ),
            (
                file("半张.jpg", jpeg.slice(..jpeg.len() / 3)),
                "“半张.jpg”这张图片打不开，可能没有传完整，没有上传。请重新拍照或重新选择。",
            ),
            (
                file(
                    "大.pdf",
                    [b"%PDF-1.4".as_slice(), &vec![0; LARGEST_FILE]].concat(),
                ),
                "“大.pdf”有 20.1 MB，超过 20 MB，没有上传。照片请用较低的清晰度再拍一次，文件请拆成几份。",
            ),
        ];
        for (wrong, expect) in cases {
            let good = file("好.png", photo(ImageFormat::Png, false));
            let files = vec![good, wrong];
            let refused = evidence::upload(app, &home.chair, &home.union.id, files, None).await;
            assert_eq!(sentence(refused.unwrap_err()), expect);
        }
        let none = evidence::upload(app, &home.chair, &home.union.id, vec![], None).await;
        assert_eq!(
            sentence(none.unwrap_err()),
            "还没有选择文件。请先选择照片或文件，再上传。"
        );
        let list = evidence::list(app, &home.chair, &home.union.id)
            .await
            .unwrap();
        assert!(list.evidence.is_empty());
    }
}

#[tokio::test]
async fn office_files_are_known_by_what_is_inside() {
    for home in homes().await {
        let app = &home.city.app;
        let archive = |inside: &str| {
            [
                b"PK\x03\x04\x14\0\0\0".as_slice(),
                b"docProps/app.xml [Content_Types].xml ",
                inside.as_bytes(),
            ]
            .concat()
        };
        let sheet = vec![file("名册.xlsx", archive("xl/workbook.xml"))];
        let ids = evidence::upload(app, &home.chair, &home.union.id, sheet, None)
            .await
            .unwrap();
        let (kept, _) = evidence::open(app, &home.chair, &ids[0]).await.unwrap();
        assert_eq!(kept.media_type, MediaType::Xlsx);
        let lie = vec![file("名册.docx", archive("xl/workbook.xml"))];
        let refused = evidence::upload(app, &home.chair, &home.union.id, lie, None).await;
        assert_eq!(
            sentence(refused.unwrap_err()),
            "“名册.docx”的名字说它是 Word 文件，内容其实是 Excel 文件，没有上传。只改名字不会改变格式；请用原来的软件另存为照片（JPG、PNG）、PDF、Word（.docx）、Excel（.xlsx）和 PowerPoint（.pptx）中的一种，再上传。"
        );
    }
}

#[tokio::test]
async fn evidence_is_not_found_by_a_neighbour_and_not_uploaded_by_a_reviewer() {
    for home in homes().await {
        let app = &home.city.app;
        let files = || vec![file("照片.png", photo(ImageFormat::Png, false))];
        let ids = evidence::upload(app, &home.chair, &home.union.id, files(), None)
            .await
            .unwrap();
        assert!(matches!(
            evidence::open(app, &home.stranger, &ids[0]).await,
            Err(Error::NotFound)
        ));
        assert!(matches!(
            evidence::list(app, &home.stranger, &home.union.id).await,
            Err(Error::NotFound)
        ));
        let theirs = &home.stranger.roles[0].unit.id;
        let used = EvidenceUse {
            evidence: ids[0],
            year: 2016,
            target: Target::Fact("own_account".to_owned()),
        };
        let stolen = evidence::attach(app, &home.stranger, theirs, &used).await;
        assert!(matches!(stolen, Err(Error::NotFound)));
        let by_reviewer =
            evidence::upload(app, &home.reviewer, &home.union.id, files(), None).await;
        assert!(matches!(
            by_reviewer,
            Err(Error::Refused(refusal)) if refusal.of::<General>().is_some()
        ));
    }
}
