//! Draws the evidence pictures of the demo: a road as a camera sees it, in grey, with a car where it should not be.
//! They are made here so that nothing of anybody's is shown; no picture shows a plate or a face.

use std::io;
use std::path::Path;

const WIDTH: usize = 320;
const HEIGHT: usize = 180;

/// What stands on the road.
#[derive(Clone, Copy)]
pub enum Scene {
    StopLine,
    WrongLane,
    Kerb,
    Motorway,
}

/// File names of the pictures.
pub const PICTURES: [(&str, Scene); 4] = [
    ("stop-line.png", Scene::StopLine),
    ("wrong-lane.png", Scene::WrongLane),
    ("kerb.png", Scene::Kerb),
    ("motorway.png", Scene::Motorway),
];

/// Writes every picture into the folder.
pub fn write_all(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, scene) in PICTURES {
        std::fs::write(folder.join(name), png(&draw(scene)))?;
    }
    Ok(())
}

/// Grey values by row.
struct Canvas(Vec<u8>);

impl Canvas {
    fn fill(&mut self, (left, top): (usize, usize), (right, bottom): (usize, usize), grey: u8) {
        for y in top..bottom.min(HEIGHT) {
            for x in left..right.min(WIDTH) {
                self.0[y * WIDTH + x] = grey;
            }
        }
    }

    fn car(&mut self, x: usize, y: usize) {
        self.fill((x, y + 14), (x + 64, y + 40), 200);
        self.fill((x + 8, y), (x + 56, y + 16), 170);
        self.fill((x + 12, y + 4), (x + 52, y + 14), 40);
        self.fill((x + 4, y + 22), (x + 14, y + 28), 250);
        self.fill((x + 50, y + 22), (x + 60, y + 28), 250);
        self.fill((x + 6, y + 40), (x + 16, y + 46), 15);
        self.fill((x + 48, y + 40), (x + 58, y + 46), 15);
    }
}

fn draw(scene: Scene) -> Vec<u8> {
    let mut canvas = Canvas(vec![150; WIDTH * HEIGHT]);
    for y in 60..HEIGHT {
        // The road widens towards the camera.
        let half = 30 + (y - 60);
        canvas.fill((160 - half, y), (160 + half, y + 1), 90);
        let dashed = !matches!(scene, Scene::WrongLane) && y / 10 % 2 == 0;
        if !dashed {
            canvas.fill((158, y), (162, y + 1), 235);
        }
    }
    match scene {
        Scene::StopLine => {
            canvas.fill((80, 120), (240, 126), 240);
            canvas.fill((270, 20), (284, 56), 25);
            canvas.fill((273, 23), (281, 31), 255);
            canvas.car(176, 96);
        }
        Scene::WrongLane => canvas.car(128, 110),
        Scene::Kerb => {
            canvas.fill((262, 70), (268, 150), 60);
            canvas.car(206, 116);
        }
        Scene::Motorway => {
            canvas.fill((0, 56), (WIDTH, 60), 110);
            canvas.car(196, 88);
            canvas.fill((20, 64), (60, 84), 35);
        }
    }
    // The strip where a camera writes its data, left without any.
    canvas.fill((0, 168), (WIDTH, HEIGHT), 20);
    for at in 0..24 {
        canvas.fill((8 + at * 9, 171), (13 + at * 9, 177), 180);
    }
    canvas.0
}

/// A PNG of grey values.
fn png(grey: &[u8]) -> Vec<u8> {
    const MEMORY: &str = "memory takes every byte";
    let side = |pixels: usize| u32::try_from(pixels).expect("a small picture");
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side(WIDTH), side(HEIGHT));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect(MEMORY);
    writer.write_image_data(grey).expect(MEMORY);
    writer.finish().expect(MEMORY);
    file
}
