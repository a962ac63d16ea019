package example.wayside.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A message with blanks such as {@code {name}}. */
public final class MessageTemplate {

    private static final Pattern BLANK = Pattern.compile("\\{([a-z]+)}");

    private final String template;

    public MessageTemplate(String template) {
        this.template = template;
    }

    public String fill(Map<String, String> values) {
        String text = template;
        for (String blank : blanks()) {
            if (!values.containsKey(blank)) {
                throw new IllegalArgumentException("value is missing for " + blank);
            }
            text = text.replace("{" + blank + "}", values.get(blank));
        }
        return text;
    }

    public List<String> blanks() {
        List<String> names = new ArrayList<>();
        Matcher matcher = BLANK.matcher(template);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    public boolean hasBlank(String name) {
        return blanks().contains(name);
    }

    public boolean isPlain() {
        return blanks().isEmpty();
    }

    public MessageTemplate followedBy(String more) {
        return new MessageTemplate(template + " " + more);
    }

    public int blankCount() {
        return blanks().size();
    }
}
