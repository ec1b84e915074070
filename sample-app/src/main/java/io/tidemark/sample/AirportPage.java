package io.tidemark.sample;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;

/** The page and the data it asks for. */
@Controller
class AirportPage {

    private static final int TOP = 10;

    private final AirportBoard board;

    AirportPage(AirportBoard board) {
        this.board = board;
    }

    @GetMapping("/")
    String start() {
        return "redirect:/airports";
    }

    @GetMapping("/airports")
    String page() {
        return "forward:/airports.html";
    }

    @GetMapping("/api/airports")
    @ResponseBody
    AirportBoard.Board board() {
        return board.board(TOP);
    }
}
