package example.wayside.text;

import java.util.Set;

/** Makes short names for links out of depot names. */
public final class SlugMaker {

    private final int maxLength;

    public SlugMaker(int maxLength) {
        this.maxLength = maxLength;
    }

    public String slug(String text) {
        String slug = text.toLowerCase().replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        if (slug.isEmpty()) {
            throw new IllegalArgumentException("text has no letters");
        }
        return slug;
    }

    public String truncated(String text) {
        String slug = slug(text);
        return slug.length() <= maxLength ? slug : slug.substring(0, maxLength);
    }

    public String unique(String text, Set<String> taken) {
        String slug = slug(text);
        String candidate = slug;
        for (int n = 2; taken.contains(candidate); n++) {
            candidate = slug + "-" + n;
        }
        return candidate;
    }

    public boolean isSlug(String text) {
        return text.matches("[a-z0-9]+(-[a-z0-9]+)*");
    }

    public int wordCount(String text) {
        return slug(text).split("-").length;
    }

    public String firstWord(String text) {
        return slug(text).split("-")[0];
    }
}
